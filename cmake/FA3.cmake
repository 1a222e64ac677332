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
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY FA3_LIBS ${name})
endfunction()
