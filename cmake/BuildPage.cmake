# cmake -DNPM=... -DWEB=... -DPAGE=... -DSTAMP=... -P BuildPage.cmake: builds web/ into PAGE. Its packages are
# fetched where package-lock.json has changed since STAMP; where they cannot be had (no network) the page is left
# out and the build goes on. An error in the page is an error of the build.
file(SHA256 ${WEB}/package-lock.json wanted)
set(fetched)
if(EXISTS ${STAMP} AND EXISTS ${WEB}/node_modules)
  file(READ ${STAMP} fetched)
endif()
if(NOT fetched STREQUAL wanted)
  execute_process(COMMAND ${NPM} ci --no-audit --no-fund --loglevel=error WORKING_DIRECTORY ${WEB}
                  RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message("the studio's page is not built: npm could not fetch its packages; build again with a network")
    return()
  endif()
  file(WRITE ${STAMP} ${wanted})
endif()
execute_process(COMMAND ${NPM} run build --loglevel=error -- --outDir ${PAGE} --emptyOutDir
                WORKING_DIRECTORY ${WEB} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the studio's page could not be built")
endif()
file(TOUCH ${PAGE}/index.html)
