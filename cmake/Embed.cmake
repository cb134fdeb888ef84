# dew_embed(target NAMESPACE ns FILES name=path ...)
#   Compiles the files' bytes into `target` as `std::string_view ns::name` (header embed/<ns>.h), so that the
#   one binary works from any folder. Regenerated when a file changes.
function(dew_embed target)
  cmake_parse_arguments(ARG "" "NAMESPACE" "FILES" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embed)
  set(sources)
  foreach(pair ${ARG_FILES})
    string(REGEX MATCH "^([^=]+)=(.+)$" _ ${pair})
    list(APPEND sources ${CMAKE_MATCH_2})
  endforeach()
  string(REPLACE ";" "," pairs "${ARG_FILES}")
  add_custom_command(
    OUTPUT ${folder}/embed/${ARG_NAMESPACE}.h ${folder}/${ARG_NAMESPACE}.cpp
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${ARG_NAMESPACE} -DPAIRS=${pairs} -DFOLDER=${folder}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${sources} ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    VERBATIM)
  target_sources(${target} PRIVATE ${folder}/${ARG_NAMESPACE}.cpp ${folder}/embed/${ARG_NAMESPACE}.h)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
