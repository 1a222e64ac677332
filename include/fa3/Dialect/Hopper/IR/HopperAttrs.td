//===- HopperAttrs.td - Attributes of the hopper dialect ---*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_IR_HOPPERATTRS_TD
#define FA3_DIALECT_HOPPER_IR_HOPPERATTRS_TD

include "fa3/Dialect/Hopper/IR/HopperBase.td"

class Hopper_Attr<string name, string attrMnemonic>
    : AttrDef<Hopper_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def Hopper_ScheduleAttr : Hopper_Attr<"Schedule", "schedule"> {
  let summary = "where an operation stands in a software-pipelined loop";
  let description = [{
    On each operation of a loop's body. `stage` is by how many iterations the
    operation runs later than those of stage 0; within one pass through the
    pipelined body, operations run in the order of their `cluster`, and in a
    cluster in the order in which they stand.

    ```mlir
    hopper.schedule = #hopper.schedule<stage = 1, cluster = 3>
    ```
  }];
  let parameters = (ins "int64_t":$stage, "int64_t":$cluster);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Launch: what the host must compute
//===----------------------------------------------------------------------===//

def Hopper_SizeAttr : Hopper_Attr<"Size", "size"> {
  let summary = "the size of a dimension of a kernel's argument";
  let parameters = (ins "int64_t":$argument, "int64_t":$dimension);
  let assemblyFormat = "`<` $argument `,` $dimension `>`";
}

def Hopper_ExpressionAttr : Hopper_Attr<"Expression", "expression"> {
  let summary = "a number that the host computes from its arguments' sizes";
  let description = [{
    An affine map of one result whose symbols are the sizes, in their order.

    ```mlir
    #hopper.expression<()[s0] -> (s0 ceildiv 128), [#hopper.size<0, 1>]>
    ```
  }];
  let parameters = (ins "::mlir::AffineMap":$map,
                        OptionalArrayRefParameter<"::mlir::hopper::SizeAttr">:$sizes);
  let assemblyFormat = "`<` $map (`,` `[` $sizes^ `]`)? `>`";
  let genVerifyDecl = 1;
}

def Hopper_TensorMapAttr : Hopper_Attr<"TensorMap", "tensor_map"> {
  let summary = "how the host makes a tensor map from an argument";
  let description = [{
    On an argument of a kernel: the tensor map describes argument `argument`,
    whose dimensions it takes in the order `dims`, the fastest first, and copies
    boxes of `box` elements, in the same order (CUDA driver API,
    `cuTensorMapEncodeTiled`). The swizzle is of 128 bytes; what lies outside of
    the tensor reads as zero.

    ```mlir
    #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>
    ```
  }];
  let parameters = (ins "int64_t":$argument,
                        ArrayRefParameter<"int64_t">:$dims,
                        ArrayRefParameter<"int64_t">:$box,
                        "::mlir::Type":$element);
  let assemblyFormat = [{
    `<` `argument` `=` $argument `,` `dims` `=` `[` $dims `]` `,`
        `box` `=` `[` $box `]` `,` `element` `=` $element `>`
  }];
  let genVerifyDecl = 1;
}

def Hopper_ParameterKind : I32EnumAttr<"ParameterKind",
    "what a parameter of a compiled kernel holds", [
    I32EnumAttrCase<"TensorMap", 0, "tensor_map">,
    I32EnumAttrCase<"Pointer", 1, "pointer">,
    I32EnumAttrCase<"Size", 2, "size">,
    I32EnumAttrCase<"Stride", 3, "stride">,
    I32EnumAttrCase<"Scalar", 4, "scalar">]> {
  let cppNamespace = "::mlir::hopper";
  let genSpecializedAttr = 0;
}

def Hopper_ParameterAttr : Hopper_Attr<"Parameter", "parameter"> {
  let summary = "what the host passes in one parameter of a compiled kernel";
  let description = [{
    `tensor_map` (with its description), `pointer` to the first element of an
    argument, `size` or `stride` (in elements) of one dimension, as an i64, or the
    `scalar` that an argument is (an `index` as an i64).

    ```mlir
    #hopper.parameter<size, argument = 1, dimension = 1>
    #hopper.parameter<pointer, argument = 3>
    #hopper.parameter<scalar, argument = 4>
    ```
  }];
  let parameters = (ins
    EnumParameter<Hopper_ParameterKind>:$kind, "int64_t":$argument,
    DefaultValuedParameter<"int64_t", "0">:$dimension,
    OptionalParameter<"::mlir::hopper::TensorMapAttr">:$map);
  let assemblyFormat = "`<` $kind `,` struct($argument, $dimension, $map) `>`";
}

def Hopper_ConstraintAttr : Hopper_Attr<"Constraint", "constraint"> {
  let summary = "what must hold between the sizes of a kernel's arguments";
  let description = [{
    The host refuses arguments for which `lhs` and `rhs` are not equal, with
    `message`.

    ```mlir
    #hopper.constraint<lhs = <()[s0] -> (s0), [<0, 1>]>, rhs = <()[s0] -> (s0), [<3, 1>]>, message = "expected Q and O to have the same length">
    ```
  }];
  let parameters = (ins "::mlir::hopper::ExpressionAttr":$lhs,
                        "::mlir::hopper::ExpressionAttr":$rhs,
                        "::mlir::StringAttr":$message);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Hopper_ConstraintArrayAttr :
    TypedArrayAttrBase<Hopper_ConstraintAttr, "constraints of a launch">;

def Hopper_BufferAttr : Hopper_Attr<"Buffer", "buffer"> {
  let summary = "the sizes of a buffer that only the kernels of a launch see";
  let description = [{
    On an argument of a kernel that the host does not pass: one expression for
    each dimension of it. The launcher finds room for it in its workspace.

    ```mlir
    #hopper.buffer<<() -> (8)>, <()[s0] -> (s0), [<0, 0>]>>
    ```
  }];
  let parameters = (ins
    ArrayRefParameter<"::mlir::hopper::ExpressionAttr">:$sizes);
  let assemblyFormat = "`<` $sizes `>`";
}

def Hopper_KernelAttr : Hopper_Attr<"Kernel", "kernel"> {
  let summary = "all that a launcher needs to know of a compiled kernel";
  let description = [{
    On the `llvm.func` of a kernel, made by `convert-kernel-to-llvm`: the types
    of the host's arguments, the constraints between their sizes, the tiles of
    the grid (a block for each, or where `persistent` at most one for each SM),
    the threads of a block, the bytes of dynamic shared memory and the meaning of
    each parameter.

    `workspace` are the sizes of the last arguments, which are not the host's but
    buffers of the launch. A kernel that `follows` is launched behind the one in
    front of it, by the same launch; where it is `overlapped` too, it may begin
    early and waits by itself.
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::mlir::Type">:$arguments,
    OptionalArrayRefParameter<"::mlir::hopper::ConstraintAttr">:$constraints,
    "::mlir::hopper::ExpressionAttr":$grid,
    DefaultValuedParameter<"bool", "false">:$persistent, "int64_t":$threads,
    "int64_t":$sharedMemory,
    OptionalArrayRefParameter<"::mlir::hopper::ParameterAttr">:$parameters,
    OptionalArrayRefParameter<"::mlir::hopper::BufferAttr">:$workspace,
    DefaultValuedParameter<"bool", "false">:$follows,
    DefaultValuedParameter<"bool", "false">:$overlapped);
  let assemblyFormat = [{
    `<` `arguments` `=` `[` (`]`) : ($arguments^ `]`)? `,`
        (`constraints` `=` `[` $constraints^ `]` `,`)?
        `grid` `=` $grid `,` (`persistent` `=` $persistent^ `,`)?
        `threads` `=` $threads `,`
        `shared_memory` `=` $sharedMemory `,`
        `parameters` `=` `[` (`]`) : ($parameters^ `]`)?
        (`,` `workspace` `=` `[` $workspace^ `]`)?
        (`,` `follows` `=` $follows^)? (`,` `overlapped` `=` $overlapped^)? `>`
  }];
}

#endif // FA3_DIALECT_HOPPER_IR_HOPPERATTRS_TD
