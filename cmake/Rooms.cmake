# dew_room(NAME SOURCES ... [DOORS header ...] [USES room ...] [LIBS target ...])
#   A static library dew_NAME from src/NAME. DOORS are the headers that other rooms may include, as paths below
#   src/NAME; USES are the rooms whose doors it includes; LIBS stay private to it. cmake/Doors.cmake reads DOORS
#   and USES as text, so they are written out there, without variables.
# dew_test(NAME SOURCES ... [USES room ...] [LIBS target ...] [LABELS ...] [TIMEOUT seconds])
#   A GoogleTest binary. Label "quick" (the default) is what `scripts/test --quick` runs; give "full" to
#   what takes longer than a few seconds.

find_program(DEWDROP_CCACHE ccache)
if(DEWDROP_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${DEWDROP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DEWDROP_CCACHE})
endif()

function(dew_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  # GCC 12 sees overlapping copies in std::string::insert that are not there (GCC bug 105651).
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
  if(DEWDROP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(DEWDROP_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${DEWDROP_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${DEWDROP_SANITIZE})
  endif()
endfunction()

# Rooms of which the program carries a copy within a shared library (src/student/CMakeLists.txt).
set(DEWDROP_SHARED_ROOMS base graph store student)

set(DEWDROP_COMMON_HEADERS <algorithm> <filesystem> <fstream> <functional> <map> <optional> <set> <sstream> <string>
                           <vector> <fmt/format.h> <nlohmann/json.hpp>)

# dew_precompile_for_test(TARGET)
#   A test reads what most tests read as dew_test_headers, a target of nothing else, compiled it once. With ccache a
#   second build needs none of this, and a file that misses an include is found.
function(dew_precompile_for_test target)
  if(DEWDROP_CCACHE)
    return()
  endif()
  if(NOT TARGET dew_test_headers)
    file(WRITE ${PROJECT_BINARY_DIR}/dew_test_headers.cpp "")
    add_library(dew_test_headers OBJECT ${PROJECT_BINARY_DIR}/dew_test_headers.cpp)
    target_link_libraries(dew_test_headers PRIVATE fmt::fmt nlohmann_json::nlohmann_json GTest::gmock)
    target_precompile_headers(dew_test_headers PRIVATE ${DEWDROP_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
    dew_compile_options(dew_test_headers)
  endif()
  target_precompile_headers(${target} REUSE_FROM dew_test_headers)
endfunction()

# dew_build_quickly(TARGET LEVEL [header ...])
#   For a room in which nothing computes for long: less of the optimiser (O1, O2), and without ccache headers that are
#   compiled once, with these among them.
function(dew_build_quickly target level)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-${level}>)
  if(DEWDROP_CCACHE)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${DEWDROP_COMMON_HEADERS} ${ARGN})
  # GCC 12 then sees overlaps and overflows in the standard library's headers; builds with ccache look for real ones.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-stringop-overread>)
endfunction()

# dew_link_quickly(TARGET)
#   For tests, which are many: lld links one in a tenth of the time that GNU ld takes.
find_program(DEWDROP_LLD ld.lld)
function(dew_link_quickly target)
  if(DEWDROP_LLD)
    target_link_options(${target} PRIVATE -fuse-ld=lld)
  endif()
endfunction()

function(dew_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DOORS;USES;LIBS" ${ARGN})
  add_library(dew_${name} STATIC ${ARG_SOURCES})
  target_include_directories(dew_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_USES PREPEND dew_)
  target_link_libraries(dew_${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_LIBS})
  dew_compile_options(dew_${name})
  if(name IN_LIST DEWDROP_SHARED_ROOMS)
    set_target_properties(dew_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
endfunction()

function(dew_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;USES;LIBS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND dew_)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE DEWDROP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  dew_compile_options(${name})
  dew_precompile_for_test(${name})
  dew_link_quickly(${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS quick)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# dew_check_doors()
#   Makes every build run cmake/Doors.cmake when something it reads has changed.
function(dew_check_doors)
  set(patterns)
  list(TRANSFORM DEWDROP_ROOMS PREPEND tests/ OUTPUT_VARIABLE tests)
  foreach(folder src examples ${tests})
    foreach(ending h c cpp inc)
      list(APPEND patterns ${PROJECT_SOURCE_DIR}/${folder}/*.${ending})
    endforeach()
  endforeach()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns} ${PROJECT_SOURCE_DIR}/src/CMakeLists.txt)
  set(stamp ${PROJECT_BINARY_DIR}/doors.stamp)
  add_custom_command(
    OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/cmake/Doors.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/Doors.cmake ${PROJECT_SOURCE_DIR}/CMakeLists.txt
            ${PROJECT_SOURCE_DIR}/HACKING.md
    COMMENT "Checking the rooms' doors"
    VERBATIM)
  add_custom_target(doors ALL DEPENDS ${stamp})
endfunction()
