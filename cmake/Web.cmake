# The studio's page: npm builds web/ into share/dewdrop/studio beside the program, where it is looked for
# (src/studio/page.h). Without npm the rest builds, and the studio says what is missing.
set(DEWDROP_WEB ${PROJECT_SOURCE_DIR}/web)
if(NOT EXISTS ${DEWDROP_WEB}/package-lock.json)
  return()
endif()
find_program(DEWDROP_NPM npm)
if(NOT DEWDROP_NPM)
  message(STATUS "the studio's page is not built: npm is missing (apt install npm)")
  return()
endif()

set(page ${PROJECT_BINARY_DIR}/share/dewdrop/studio)
file(GLOB web_files CONFIGURE_DEPENDS ${DEWDROP_WEB}/*.html ${DEWDROP_WEB}/*.ts ${DEWDROP_WEB}/*.json)
file(GLOB_RECURSE web_parts CONFIGURE_DEPENDS ${DEWDROP_WEB}/src/* ${DEWDROP_WEB}/public/*)
add_custom_command(
  OUTPUT ${page}/index.html
  COMMAND ${CMAKE_COMMAND} -DNPM=${DEWDROP_NPM} -DWEB=${DEWDROP_WEB} -DPAGE=${page}
          -DSTAMP=${PROJECT_BINARY_DIR}/web-packages.stamp -P ${PROJECT_SOURCE_DIR}/cmake/BuildPage.cmake
  DEPENDS ${web_files} ${web_parts} ${PROJECT_SOURCE_DIR}/cmake/BuildPage.cmake
  COMMENT "Building the studio's page"
  VERBATIM)
add_custom_target(studio_page ALL DEPENDS ${page}/index.html)
include(GNUInstallDirs)
install(DIRECTORY ${page}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/dewdrop/studio OPTIONAL)
