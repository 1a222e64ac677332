// RUN: rm -rf %t && mkdir %t
// RUN: fa3-compile %s -o %t/attention.ptx && FileCheck %s < %t/attention.json

// Every kind of argument and parameter, and every operation of an expression.

// CHECK: "version": 1,
// CHECK-NEXT: "generator": "fa3 {{.*}}",
// CHECK-NEXT: "image": "attention.ptx",
// CHECK-NEXT: "kernels": [
// CHECK: "entry": "attention",
// CHECK-NEXT: "target": "sm_90a",
// CHECK-NEXT: "arguments": [
// CHECK-NEXT: {"name":"arg0","element":"f16","shape":[null,null,8,128],"access":"read"},
// CHECK-NEXT: {"name":"arg1","element":"e4m3","shape":[16,128],"access":"read"},
// CHECK-NEXT: {"name":"arg2","element":"bf16","shape":[null,128],"access":"write"},
// CHECK-NEXT: {"name":"arg3","element":"f32","shape":[null],"access":"read_write"},
// CHECK-NEXT: {"name":"arg4","element":"f32","shape":[],"access":"value"},
// CHECK-NEXT: {"name":"arg5","element":"i64","shape":[],"access":"value"}
// CHECK-NEXT: ],
// CHECK-NEXT: "constraints": [
// A constraint of the kernel, then the strides that its types promise.
// CHECK-NEXT{LITERAL}: {"equal":[["size",0,0],["size",2,0]],"message":"expected equal batches"},
// CHECK-NEXT{LITERAL}: {"equal":[["mul",["sub",["stride",0,0],["mul",["mul",["size",0,1],8],128]],["mul",["mul",["min",1,["sub",["size",0,0],1]],["min",1,["size",0,0]]],["min",1,["size",0,1]]]],0],"message":"expected argument 0 to have the stride of its type in dimension 0"},
// CHECK-NEXT: "message":"expected argument 0 to have the stride of its type in dimension 1"},
// CHECK-NEXT: "message":"expected argument 0 to have the stride of its type in dimension 2"},
// CHECK-NEXT: "message":"expected argument 1 to have the stride of its type in dimension 0"},
// CHECK-NEXT: "message":"expected argument 2 to have the stride of its type in dimension 0"}
// CHECK-NEXT: ],
// CHECK-NEXT{LITERAL}: "grid": [["sub",["add",["mul",["mul",["ceildiv",["size",0,1],128],["size",0,0]],8],["mod",["size",2,0],4]],["floordiv",["size",3,0],2]],1,1],
// CHECK-NEXT: "block": [384,1,1],
// CHECK-NEXT: "cluster": [1,1,1],
// CHECK-NEXT: "shared_memory": 213072,
// CHECK-NEXT: "parameters": [
// CHECK-NEXT: {"kind":"tensor_map","argument":0,"dims":[3,1,2,0],"box":[64,128,1,1],"swizzle":"128B","l2_promotion":"256B","element":"f16"},
// CHECK-NEXT: {"kind":"pointer","argument":1},
// CHECK-NEXT: {"kind":"pointer","argument":2},
// CHECK-NEXT: {"kind":"pointer","argument":3},
// CHECK-NEXT: {"kind":"size","argument":0,"dim":1,"type":"i64"},
// CHECK-NEXT: {"kind":"stride","argument":2,"dim":0,"type":"i64"},
// CHECK-NEXT: {"kind":"size","argument":3,"dim":0,"type":"i32"},
// CHECK-NEXT: {"kind":"scalar","argument":4,"type":"f32"},
// CHECK-NEXT: {"kind":"scalar","argument":5,"type":"i64"}
// CHECK-NEXT: ],
gpu.module @attention {
  llvm.func @attention(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                       %in: !llvm.ptr<1>, %out: !llvm.ptr<1>, %both: !llvm.ptr<1>,
                       %size: i64, %stride: i64, %rows: i32, %cap: f32, %offset: i64)
      attributes {nvvm.kernel, nvvm.reqntid = array<i32: 384>,
          hopper.kernel = #hopper.kernel<
              arguments = [memref<?x?x8x128xf16>, memref<16x128xf8E4M3FN>, memref<?x128xbf16>, memref<?xf32>, f32, index],
              constraints = [<lhs = <()[s0] -> (s0), [<0, 0>]>, rhs = <()[s0] -> (s0), [<2, 0>]>, message = "expected equal batches">],
    grid = #hopper.expression<
                  ()[s0, s1, s2, s3] -> ((s1 ceildiv 128) * s0 * 8 + s2 mod 4 - s3 floordiv 2),
                  [#hopper.size<0, 0>, #hopper.size<0, 1>, #hopper.size<2, 0>, #hopper.size<3, 0>]>,
              threads = 384, shared_memory = 213072,
              parameters = [
                  #hopper.parameter<tensor_map, argument = 0, dimension = 0,
                      map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>>,
                  #hopper.parameter<pointer, argument = 1>, #hopper.parameter<pointer, argument = 2>,
                  #hopper.parameter<pointer, argument = 3>, #hopper.parameter<size, argument = 0, dimension = 1>,
                  #hopper.parameter<stride, argument = 2>, #hopper.parameter<size, argument = 3>,
                  #hopper.parameter<scalar, argument = 4>, #hopper.parameter<scalar, argument = 5>]>} {
    %shared = llvm.mlir.zero : !llvm.ptr<3>
    %c0 = llvm.mlir.constant(0 : i32) : i32
    nvvm.cp.async.bulk.tensor.shared.cluster.global %shared, %map, %shared, box[%c0, %c0, %c0, %c0] {isCTAOnly = true, mode = #nvvm.tma_load_mode<tile>} : !llvm.ptr<3>, !llvm.ptr
    %a = llvm.load %in : !llvm.ptr<1> -> i16
    %slot = llvm.getelementptr %out[%stride] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i16
    llvm.store %a, %slot : i16, !llvm.ptr<1>
    // To ask for the address of a buffer is not to read it.
    %address = llvm.ptrtoint %out : !llvm.ptr<1> to i64
    %bits = llvm.or %address, %stride : i64
    %fifteen = llvm.mlir.constant(15 : i64) : i64
    %rest = llvm.and %bits, %fifteen : i64
    %zero = llvm.mlir.constant(0 : i64) : i64
    %aligned = llvm.icmp "eq" %rest, %zero : i64
    llvm.cond_br %aligned, ^wide, ^end
  ^wide:
    llvm.store %a, %slot : i16, !llvm.ptr<1>
    llvm.br ^end
  ^end:
    llvm.inline_asm has_side_effects "red.global.add.f32 [$0], 1.0;", "l" %both : (!llvm.ptr<1>) -> ()
    llvm.inline_asm has_side_effects "// $0 $1", "l,r" %size, %rows : (i64, i32) -> ()
    llvm.return
  }
}
