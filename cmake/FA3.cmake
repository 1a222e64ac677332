# Helpers shared by the project's CMakeLists.txt files.

if(FA3_ENABLE_SANITIZERS)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  # A shared library finds the runtime of the sanitizers in the program only.
  string(REPLACE "-Wl,-z,defs" "" CMAKE_SHARED_LINKER_FLAGS
    "${CMAKE_SHARED_LINKER_FLAGS}")
  add_library(FA3SanitizerOptions OBJECT
    ${CMAKE_CURRENT_LIST_DIR}/SanitizerOptions.c)
  link_libraries(FA3SanitizerOptions)
endif()

# What a compiler outside of the tree gets by linking any library of the project:
# our headers; FA3Config.cmake adds MLIR's, from where they are there.
add_library(FA3Headers INTERFACE)
target_include_directories(FA3Headers INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# fa3_install(targets...)
#
# Installs binaries and exports them to those who find_package(FA3).
function(fa3_install)
  install(TARGETS ${ARGN} EXPORT FA3Targets
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set_property(GLOBAL APPEND PROPERTY FA3_INSTALLED_TARGETS ${ARGN})
endfunction()
fa3_install(FA3Headers)

# fa3_add_library(name sources... [DEPENDS ...] [LINK_LIBS ...])
#
# A static library of the project. LLVM and MLIR come as the two shared
# libraries of the distribution; a binary must never link their static archives
# beside these (two copies of every registry), so nothing here names one.
function(fa3_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_compile_features(${name} PUBLIC cxx_std_17)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} FA3Headers MLIR LLVM)
  fa3_install(${name})
endfunction()
