# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The kernels of the GPU sweep: each a variant of attn.forward as text, and the
same mathematics for PyTorch in float64.

A kernel is compiled once and run on many shapes: batch and lengths are dynamic.
"""

import dataclasses
import itertools
import math


# The number that stands for 1 in random inputs.
UNITS = {"i8": 32}


@dataclasses.dataclass(frozen=True)
class Variant:
    dtype: str = "f16"          # f16, bf16, f8E4M3FN or i8
    d: int = 128                # head dimension of Q and K
    dv: int = 0                 # of V and O; 0: as d
    heads: int = 4
    kv_heads: int = 4
    mask: str = "none"          # none, causal, top_left, window<l>:<r>
    layout: str = "bshd"        # bshd or bhsd
    strided: bool = False       # dynamic strides: tensors with gaps
    lse: bool = False
    # none, alibi, bias, softcap, documents, scattered, padded, prefix
    region: str = "none"
    scale: float = 0.0          # 0: the default
    config: str = ""
    options: str = ""           # of the pipeline
    rows: int = 0               # of Q, where its type says so; 0: open
    # Of 8 bits alone:
    value_dtype: str = ""       # of V where it is another one than Q's and K's
    out: str = "f16"            # type of O: f16, bf16 or f32
    blocks: tuple = (0, 0, 0)   # rows of a block of Q's, K's and V's scales; 0: all
    per_tensor: bool = False    # one scale for all batches and heads
    transposed: bool = False    # V as the matrix units read it

    @property
    def is_narrow(self):
        return self.dtype in ("f8E4M3FN", "i8")

    @property
    def value_type(self):
        return self.value_dtype or self.dtype

    @property
    def out_dtype(self):
        return self.out if self.is_narrow else self.dtype

    @property
    def value_dim(self):
        return self.dv or self.d

    @property
    def name(self):
        parts = [self.dtype, f"d{self.d}"]
        if self.value_dtype:
            parts.insert(1, self.value_dtype)
        if self.dv:
            parts.append(f"dv{self.dv}")
        if (self.heads, self.kv_heads) != (4, 4):
            parts.append(f"h{self.heads}-{self.kv_heads}")
        parts.append(self.mask.replace(":", "-").replace("<", "").replace(">", ""))
        if self.layout != "bshd":
            parts.append(self.layout)
        if self.strided:
            parts.append("strided")
        if self.lse:
            parts.append("lse")
        if self.region != "none":
            parts.append(self.region)
        if self.scale:
            parts.append(f"scale{self.scale}".replace(".", "_"))
        if self.rows:
            parts.append(f"rows{self.rows}")
        if self.is_narrow and self.out != "f16":
            parts.append(f"out{self.out}")
        if any(self.blocks):
            parts.append("blocks" + "_".join(map(str, self.blocks)))
        if self.per_tensor:
            parts.append("tensor")
        if self.transposed:
            parts.append("transposed")
        for extra in (self.config, self.options):
            if extra:
                parts.append("".join(c if c.isalnum() else "" for c in extra))
        return "-".join(parts)

    @property
    def shapes(self):
        """(Sq, Sk) of the cases."""
        if self.rows:
            return [(self.rows, sk) for sk in FEW_ROWS_KEYS]
        return SHAPES

    def window(self):
        """Keys to the left and right of a row's position, None: no bound."""
        if self.mask in ("causal", "top_left"):
            return None, 0
        if self.mask.startswith("window"):
            left, right = self.mask[len("window"):].split(":")
            return (int(left) if left else None, int(right) if right else None)
        return None, None

    # The text of the op.

    def _type(self, heads, columns, rows="?", element=None):
        shape = (f"?x{rows}x{heads}x{columns}" if self.layout == "bshd"
                 else f"?x{heads}x{rows}x{columns}")
        layout = ", strided<[?, ?, ?, 1]>" if self.strided else ""
        return f"memref<{shape}x{element or self.dtype}{layout}>"

    def _value_type(self):
        if not self.transposed:
            return self._type(self.kv_heads, self.value_dim,
                              element=self.value_type)
        layout = ", strided<[?, ?, ?, 1]>" if self.strided else ""
        return (f"memref<?x{self.kv_heads}x{self.value_dim}x?x"
                f"{self.value_type}"
                f"{layout}>")

    def _scale_types(self):
        types = []
        for heads, block in zip((self.heads, self.kv_heads, self.kv_heads),
                                self.blocks):
            shape = "1x1" if self.per_tensor else f"?x{heads}"
            types.append(f"memref<{shape}x{'?' if block else 1}xf32>")
        return types

    def mlir(self):
        rows = self.rows or "?"
        q = self._type(self.heads, self.d, rows)
        k = self._type(self.kv_heads, self.d)
        v = self._value_type()
        o = self._type(self.heads, self.value_dim, rows, self.out_dtype)
        arguments = [f"%q: {q}", f"%k: {k}", f"%v: {v}"]
        scales = ""
        if self.is_narrow:
            names, types = ["%qs", "%ks", "%vs"], self._scale_types()
            arguments += [f"{n}: {t}" for n, t in zip(names, types)]
            scales = (f"    scales({', '.join(names)} : "
                      f"{', '.join(types)})\n")
        arguments.append(f"%o: {o}")
        outs, out_types = ["%o"], [o]
        if self.lse:
            arguments.append(f"%lse: memref<?x{self.heads}x{rows}xf32>")
            outs.append("%lse")
            out_types.append(f"memref<?x{self.heads}x{rows}xf32>")
        attributes = []
        if self.mask in ("causal", "top_left"):
            attributes.append("causal")
        if self.mask == "top_left":
            attributes.append("alignment = #attn.alignment<top_left>")
        if self.mask.startswith("window"):
            left, right = self.window()
            sides = [f"{side} = {value}" for side, value in
                     (("left", left), ("right", right)) if value is not None]
            attributes.append(f"window = #attn.window<{', '.join(sides)}>")
        if self.layout == "bhsd":
            attributes.append("layout = #attn.layout<bhsd>")
        if self.transposed:
            attributes.append("value_layout = #attn.value_layout<transposed>")
        if self.scale:
            attributes.append(f"scale = {self.scale:e} : f32")
        for operand, block in zip(("query", "key", "value"), self.blocks):
            if block:
                attributes.append(f"{operand}_block = {block} : i64")
        if self.config:
            attributes.append(f"config = #attn.config<{self.config}>")
        region, extra = self._region()
        arguments += extra
        dictionary = f" {{{', '.join(attributes)}}}" if attributes else ""
        return (f"func.func @attention({', '.join(arguments)}) {{\n"
                f"  attn.forward ins(%q, %k, %v : {q}, {k}, {v})\n"
                f"{scales}    outs({', '.join(outs)} : {', '.join(out_types)})"
                f"{dictionary}{region}\n  return\n}}\n")

    def _region(self):
        score = ("\n    score {\n  ^bb0(%s: f32, %b: index, %h: index, "
                 "%i: index, %j: index):\n")
        mask = ("\n    mask {\n  ^bb0(%b: index, %h: index, %i: index, "
                "%j: index):\n")
        if self.region == "alibi":
            return (score + f"""
    %slope = memref.load %slopes[%h] : memref<{self.heads}xf32>
    %d = arith.subi %j, %i : index
    %di = arith.index_cast %d : index to i32
    %df = arith.sitofp %di : i32 to f32
    %bias = arith.mulf %slope, %df : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  }}""", [f"%slopes: memref<{self.heads}xf32>"])
        if self.region == "bias":
            return (score + f"""
    %x = memref.load %bias[%h, %i, %j] : memref<{self.heads}x?x?xf32>
    %r = arith.addf %s, %x : f32
    attn.yield %r : f32
  }}""", [f"%bias: memref<{self.heads}x?x?xf32>"])
        if self.region == "softcap":
            return (score + """
    %cap = arith.constant 2.0 : f32
    %inverse = arith.constant 0.5 : f32
    %x = arith.mulf %s, %inverse : f32
    %t = math.tanh %x : f32
    %r = arith.mulf %t, %cap : f32
    attn.yield %r : f32
  }""", [])
        if self.region in ("documents", "scattered"):
            return (mask + """
    %qd = memref.load %qdoc[%b, %i] : memref<?x?xi32>
    %kd = memref.load %kdoc[%b, %j] : memref<?x?xi32>
    %same = arith.cmpi eq, %qd, %kd : i32
    attn.yield %same : i1
  }""", ["%qdoc: memref<?x?xi32>", "%kdoc: memref<?x?xi32>"])
        if self.region == "padded":
            return (mask + """
    %qd = memref.load %qdoc[%b, %i] : memref<?x?xi32>
    %kd = memref.load %kdoc[%b, %j] : memref<?x?xi32>
    %same = arith.cmpi eq, %qd, %kd : i32
    %zero = arith.constant 0 : i8
    %byte = memref.load %valid[%b, %j] : memref<?x?xi8>
    %is = arith.cmpi ne, %byte, %zero : i8
    %both = arith.andi %same, %is : i1
    attn.yield %both : i1
  }""", ["%qdoc: memref<?x?xi32>", "%kdoc: memref<?x?xi32>",
         "%valid: memref<?x?xi8>"])
        if self.region == "prefix":
            return (mask + f"""
    %end = memref.load %ends[%h] : memref<{self.heads}xi32>
    %key = arith.index_cast %j : index to i32
    %inside = arith.cmpi slt, %key, %end : i32
    attn.yield %inside : i1
  }}""", [f"%ends: memref<{self.heads}xi32>"])
        return "", []

    # The same in PyTorch.

    def scale_inputs(self, torch, batch, sq, sk, device):
        """Scales of Q, K and V, over a wide range."""
        if not self.is_narrow:
            return []
        scales = []
        for heads, rows, block, spread, dtype in zip(
                (self.heads, self.kv_heads, self.kv_heads), (sq, sk, sk),
                self.blocks, (0.5, 0.5, 4.0),
                (self.dtype, self.dtype, self.value_type)):
            shape = (1, 1) if self.per_tensor else (batch, heads)
            count = -(-rows // block) if block else 1
            power = (torch.rand(*shape, count, device=device) * 2 - 1) * spread
            scales.append(torch.exp2(power) / UNITS.get(dtype, 1))
        return scales

    def order_keys(self, torch, v, sk):
        """V of 8 bits in [B, H, S, D] order from a transposed one."""
        key = torch.arange(sk, device=v.device)
        in_group = key % 16
        place = (key - in_group + 4 * (in_group // 2 % 4) + 2 * (in_group // 8)
                 + in_group % 2)
        # Few operations know 8-bit floats: moved as bytes.
        ordered = v.view(torch.uint8)[..., place].transpose(2, 3)
        return ordered.contiguous().view(v.dtype)

    def dequantize(self, x, scale, block):
        """In float64, with x in [B, H, S, D] order."""
        x = x.double()
        scale = scale.double().expand(x.shape[0], x.shape[1], -1)
        if block:
            scale = scale.repeat_interleave(block, dim=2)[:, :, :x.shape[2]]
        return x * scale[..., None]

    def extra_inputs(self, torch, batch, sq, sk, device):
        if self.region == "alibi":
            return [torch.rand(self.heads, device=device) * 0.1]
        if self.region == "bias":
            return [torch.randn(self.heads, sq, sk, device=device)]
        if self.region in ("documents", "scattered", "padded"):
            # One after the other, of about 512 positions, or here and there: then
            # every tile is partial.
            count = max(3, max(sq, sk) // 512)
            ids = [torch.randint(0, count, (batch, n), device=device,
                                 dtype=torch.int32) for n in (sq, sk)]
            if self.region != "scattered":
                ids = [x.sort(dim=1).values for x in ids]
            if self.region == "padded":
                # Short of the end by up to half of the keys.
                ends = torch.randint(sk // 2, sk + 1, (batch, 1), device=device)
                ids.append((torch.arange(sk, device=device) < ends).to(torch.int8))
            return ids
        if self.region == "prefix":
            return [torch.randint(0, sk + 1, (self.heads,), device=device,
                                  dtype=torch.int32)]
        return []

    def reference(self, torch, q, k, v, extra, compute):
        """O and LSE in [B, H, S, D] order, computed in dtype `compute`. For V's
        type of 8 bits that is single precision, but for probabilities, which are
        rounded times 2^8, or times 127 to whole numbers with the largest of a row
        as 1."""
        narrow = compute if compute.itemsize == 1 else None
        if narrow:
            compute = torch.float32
        group = self.heads // self.kv_heads
        q, k, v = (x.to(compute) for x in (q, k, v))
        k, v = (x.repeat_interleave(group, dim=1) for x in (k, v))
        sq, sk = q.shape[2], k.shape[2]
        scale = self.scale or 1.0 / math.sqrt(self.d)
        s = (q @ k.transpose(-1, -2)) * scale
        i = torch.arange(sq, device=q.device)[:, None]
        j = torch.arange(sk, device=q.device)[None, :]
        wide = s.dtype if compute == torch.float64 else torch.float32
        s = s.to(wide)
        if self.region == "alibi":
            s = s + extra[0].to(wide)[None, :, None, None] * (j - i).to(wide)
        elif self.region == "bias":
            s = s + extra[0].to(wide)[None]
        elif self.region == "softcap":
            s = torch.tanh(s / 2) * 2
        keep = torch.ones(sq, sk, dtype=torch.bool, device=q.device)
        position = i if self.mask == "top_left" else i + sk - sq
        left, right = self.window()
        if left is not None:
            keep &= j >= position - left
        if right is not None:
            keep &= j <= position + right
        keep = keep[None, None]
        if self.region in ("documents", "scattered", "padded"):
            keep = keep & (extra[0][:, None, :, None] == extra[1][:, None, None, :])
        if self.region == "padded":
            keep = keep & (extra[2][:, None, None, :] != 0)
        if self.region == "prefix":
            keep = keep & (j < extra[0][:, None, None])[None]
        s = s.masked_fill(~keep, float("-inf"))
        lse = torch.logsumexp(s, dim=-1) if sk else torch.full(
            s.shape[:-1], float("-inf"), device=q.device, dtype=s.dtype)
        p = torch.exp(s - torch.where(lse.isinf(), 0, lse)[..., None])
        if narrow == torch.int8:
            largest = p.amax(dim=-1, keepdim=True) if sk else p
            p = (p / largest * 127).nan_to_num().round() / 127 * largest
        elif narrow:
            p = (p * 256).to(narrow).to(compute) / 256
        return p.to(compute) @ v, lse


NO_PRODUCER = "warp-specialize=false"


def narrow_variants():
    """8-bit kernels: scales × layouts × masks × head sizes."""
    found = []
    add = lambda **fields: found.append(Variant(dtype="f8E4M3FN", **fields))
    for d in (16, 48, 64, 80, 96, 128, 192, 256):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, lse=d in (64, 128, 256))
    for d, dv in ((192, 128), (128, 64), (64, 128), (80, 48)):
        add(d=d, dv=dv, lse=True)
        add(d=d, dv=dv, mask="causal", heads=8, kv_heads=2)
    for d in (64, 128, 256):
        add(d=d, per_tensor=True, out="bf16")
        add(d=d, out="f32", mask="window100:37", lse=True)
        add(d=d, mask="top_left", heads=4, kv_heads=1)
        # Exponentials under the old maximum often miss.
        for mask in ("none", "causal"):
            add(d=d, scale=1.0, mask=mask)
    for blocks in ((128, 128, 128), (64, 0, 0), (0, 64, 0), (0, 0, 64),
                   (256, 512, 1024), (32, 16, 16), (1, 1, 0), (0, 32, 8),
                   (128, 0, 0), (0, 128, 0), (0, 0, 128)):
        for d, mask in ((128, "none"), (128, "causal"), (64, "none")):
            add(d=d, mask=mask, blocks=blocks, lse=True)
    add(d=256, blocks=(128, 128, 128), mask="causal")
    for layout, strided in (("bhsd", False), ("bshd", True), ("bhsd", True)):
        for d in (64, 128):
            add(layout=layout, strided=strided, d=d, lse=True)
            add(layout=layout, strided=strided, d=d, mask="causal",
                blocks=(128, 128, 128), heads=8, kv_heads=2)
    for region in ("alibi", "bias", "softcap", "documents"):
        add(region=region, lse=True)
        add(region=region, mask="causal", blocks=(128, 64, 64))
    add(scale=-0.2, mask="causal", lse=True)
    for option in ("warp-specialize", "pipeline", "ping-pong", "split", "prune",
                   "defer-row-sums", "speculate", "pair-tiles", "persistent",
                   "place-waits", "interleave"):
        for mask in ("none", "causal"):
            # Without placed waits more values are live at once.
            narrower = ("tile = 128x96, stages = 2, consumers = 2, registers = "
                        "56x224, speculation = 448, exponent = 4, persistent")
            add(mask=mask, options=f"{option}=false", lse=True,
                config=narrower if option == "place-waits" else "")
    add(options="warp-specialize=false pipeline=false")
    add(blocks=(128, 128, 128), options="speculate=false")
    for d in (64, 128):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, options="emulate-exponentials=false", lse=True)
    for config in (
            "tile = 128x160, stages = 2, consumers = 2, registers = 40x232",
            "tile = 128x96, stages = 2, consumers = 2, registers = 40x232, "
            "exponent = 8, two_level",
            "tile = 64x128, stages = 3, consumers = 1, registers = 40x232"):
        for mask in ("none", "causal"):
            add(config=config, mask=mask)
    # V transposed: nothing is to be done in the kernel.
    for d in (16, 48, 64, 80, 96, 128, 192, 256):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, lse=True, transposed=True)
    for d, dv in ((192, 128), (64, 128), (80, 48)):
        add(d=d, dv=dv, mask="causal", heads=8, kv_heads=2, transposed=True)
    for blocks in ((128, 128, 128), (32, 16, 16), (256, 512, 1024)):
        for d in (64, 128):
            add(d=d, blocks=blocks, mask="causal", transposed=True)
    for layout, strided in (("bhsd", False), ("bshd", True), ("bhsd", True)):
        add(layout=layout, strided=strided, lse=True, transposed=True)
    for region in ("alibi", "documents"):
        add(region=region, transposed=True)
    for options in ("warp-specialize=false", "pipeline=false",
                    "ping-pong=false", "speculate=false", "persistent=false",
                    "warp-specialize=false pipeline=false"):
        add(options=options, transposed=True)
    add(transposed=True, config="tile = 128x96, stages = 2, consumers = 2, "
        "registers = 24x240, exponent = 8, two_level")
    return found


def integer_variants():
    """The same of i8: what its accumulators and its rounding may go wrong in."""
    found = []
    add = lambda **fields: found.append(Variant(dtype="i8", **fields))
    for d in (16, 48, 64, 80, 96, 128, 160, 192):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, lse=d in (64, 128))
    for d, dv in ((192, 128), (256, 128), (64, 128), (80, 48)):
        add(d=d, dv=dv, mask="causal", heads=8, kv_heads=2)
    for d in (64, 128):
        add(d=d, per_tensor=True, out="bf16")
        add(d=d, out="f32", mask="window100:37", lse=True)
        add(d=d, scale=1.0)
    # A scale for each row of Q and K is what INT-FlashAttention has.
    for blocks in ((1, 1, 0), (1, 1, 128), (128, 128, 128), (32, 16, 16),
                   (0, 32, 8), (256, 512, 1024), (64, 0, 0)):
        for d, mask in ((128, "none"), (64, "causal")):
            add(d=d, mask=mask, blocks=blocks, lse=True)
    for layout, strided in (("bhsd", False), ("bshd", True)):
        add(layout=layout, strided=strided, mask="causal", blocks=(1, 1, 128),
            heads=8, kv_heads=2)
    for region in ("alibi", "bias", "softcap", "documents"):
        add(region=region, lse=True)
    add(scale=-0.2, mask="causal", lse=True)
    for option in ("warp-specialize", "pipeline", "ping-pong", "split",
                   "defer-row-sums", "persistent", "interleave"):
        add(options=f"{option}=false", mask="causal", lse=True)
    for d in (64, 80, 128, 192):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, lse=True, transposed=True)
    add(blocks=(1, 1, 128), mask="causal", transposed=True)
    add(options="warp-specialize=false pipeline=false", transposed=True)
    # O in parts of its columns.
    for d in (208, 256):
        for mask in ("none", "causal", "window100:37"):
            add(d=d, mask=mask, lse=mask != "none", heads=8, kv_heads=2)
        add(d=d, transposed=True, lse=True, mask="causal")
    add(d=64, dv=256, layout="bhsd", strided=True, blocks=(64, 128, 128))
    # V of floats beside them.
    floats = dict(value_dtype="f8E4M3FN")
    for d in (16, 64, 80, 128, 192, 256):
        for mask in ("none", "causal"):
            add(d=d, mask=mask, lse=d in (64, 128), **floats)
    for blocks in ((1, 1, 0), (1, 1, 128), (1, 128, 128), (128, 128, 128),
                   (256, 512, 1024)):
        for d, mask in ((128, "none"), (64, "causal")):
            add(d=d, mask=mask, blocks=blocks, lse=True, **floats)
    for d in (64, 128, 256):
        for mask in ("none", "causal", "window100:37"):
            add(d=d, mask=mask, blocks=(128, 128, 128), transposed=True, **floats)
    add(d=192, dv=128, mask="causal", heads=8, kv_heads=2, **floats)
    for region in ("alibi", "documents"):
        add(region=region, lse=True, **floats)
    for option in ("warp-specialize", "pipeline", "speculate",
                   "emulate-exponentials"):
        add(options=f"{option}=false", mask="causal", lse=True, **floats)
    add(config="tile = 128x96, stages = 2, consumers = 2, registers = 40x232, "
        "exponent = 8, two_level", **floats)
    return found


def variants():
    """Every kernel of the sweep."""
    found = []
    add = lambda **fields: found.append(Variant(**fields))
    masks = ["none", "causal", "top_left", "window64:0", "window100:37",
             "window:50"]
    for dtype, d in itertools.product(["f16", "bf16"], [64, 128, 256]):
        for mask in masks:
            add(dtype=dtype, d=d, mask=mask, lse=mask in ("none", "causal"))
    for d in [8, 16, 24, 32, 40, 48, 56, 72, 80, 88, 96, 104, 112, 120, 136,
              144, 160, 176, 192, 208, 224, 240, 248]:
        add(d=d, mask="causal")
    for d, dv in [(192, 128), (128, 192), (64, 128), (128, 64), (40, 24),
                  (256, 64), (64, 256), (8, 256)]:
        for dtype in ("f16", "bf16"):
            add(dtype=dtype, d=d, dv=dv, mask="causal", lse=True)
    for heads, kv_heads in [(8, 2), (8, 1), (6, 3), (1, 1), (5, 5)]:
        for mask in ("none", "causal"):
            add(heads=heads, kv_heads=kv_heads, mask=mask, d=64)
            add(heads=heads, kv_heads=kv_heads, mask=mask, dtype="bf16")
    for layout, strided in [("bhsd", False), ("bshd", True), ("bhsd", True)]:
        for d in (64, 72, 128):
            add(layout=layout, strided=strided, d=d, lse=True)
            add(layout=layout, strided=strided, d=d, mask="causal",
                heads=8, kv_heads=2)
    for region in ("alibi", "bias", "softcap", "documents", "scattered", "padded",
                   "prefix"):
        for d in (64, 128):
            add(region=region, d=d, lse=True)
            add(region=region, d=d, mask="causal", dtype="bf16", heads=8,
                kv_heads=4)
        add(region=region, d=256, mask="window64:0")
    # Masks whose tiles are classified, with each technique left out.
    for mask in ("window100:37", "window:50", "top_left"):
        for d in (64, 128, 256):
            add(region="documents", d=d, mask=mask, lse=True)
    for d, dv in [(72, 0), (192, 128), (64, 256)]:
        add(region="documents", d=d, dv=dv, dtype="bf16", heads=8, kv_heads=2)
    for layout, strided in [("bhsd", False), ("bshd", True)]:
        add(region="documents", layout=layout, strided=strided, mask="causal",
            lse=True)
    for options in ("classify=false", "split=false", "prune=false",
                    "classify=false split=false prune=false", "speculate=false",
                    "warp-specialize=false", "pipeline=false", "ping-pong=false",
                    "warp-specialize=false pipeline=false",
                    "overlap-launches=false", "defer-row-sums=false",
                    "place-waits=false", "interleave=false"):
        for mask in ("none", "causal"):
            add(region="documents", mask=mask, options=options, lse=True)
    for config in ("tile = 128x96, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 50, persistent",
                   "tile = 64x128, stages = 2, consumers = 1, registers = 24x240",
                   "tile = 128x64, stages = 2, consumers = 2, registers = 24x240, pack = 2"):
        for mask in ("none", "causal", "window100:37"):
            add(region="documents", config=config, d=64, heads=8, kv_heads=4,
                mask=mask, lse=True)
    for scale in (0.03, 1.0, -0.2):
        add(scale=scale, mask="causal", lse=True)
    # Scores so wide that exponentials under the old maximum often miss.
    for d in (64, 128, 256):
        for mask in ("none", "causal", "window100:37"):
            add(d=d, scale=2.0, mask=mask)
    switches = ["warp-specialize", "pipeline", "ping-pong"]
    for count in (1, 2, 3):
        for off in itertools.combinations(switches, count):
            options = " ".join(f"{switch}=false" for switch in off)
            for d, mask in [(64, "causal"), (128, "none"), (128, "causal"),
                            (256, "none")]:
                add(d=d, mask=mask, options=options)
    for option in ("split", "prune", "defer-row-sums", "speculate",
                   "pair-tiles", "persistent", "place-waits", "interleave"):
        for mask in ("none", "causal", "window64:0"):
            add(mask=mask, options=f"{option}=false", lse=True)
    for off in ("speculate=false persistent=false",
                "persistent=false pipeline=false",
                "speculate=false pipeline=false",
                "speculate=false warp-specialize=false"):
        for mask in ("none", "causal"):
            add(mask=mask, options=off, heads=8, kv_heads=2)
    for config in ("tile = 128x64, stages = 3, consumers = 2, registers = 24x240",
                   "tile = 64x128, stages = 2, consumers = 1, registers = 24x240",
                   "tile = 192x80, stages = 2, consumers = 3, registers = 32x160"):
        add(config=config, d=64, mask="causal")
    # Few rows: heads packed into tiles, keys split into ranges and merged.
    for rows in (1, 3, 16, 17):
        for heads, kv_heads in [(4, 4), (16, 2), (12, 4)]:
            for d in (64, 128):
                add(rows=rows, heads=heads, kv_heads=kv_heads, d=d, lse=True,
                    mask="causal" if rows > 1 else "none")
    for dtype, d, dv in [("bf16", 128, 0), ("f16", 256, 0), ("bf16", 72, 40)]:
        add(rows=5, dtype=dtype, d=d, dv=dv, heads=8, kv_heads=1, mask="causal")
    for mask in ("window700:0", "window300:5", "top_left"):
        add(rows=4, heads=8, kv_heads=2, mask=mask, lse=True)
    for layout, strided in [("bhsd", False), ("bshd", True), ("bhsd", True)]:
        add(rows=3, heads=8, kv_heads=2, layout=layout, strided=strided,
            mask="causal", lse=True)
    for region in ("alibi", "bias", "softcap", "documents", "prefix"):
        add(rows=2, heads=8, kv_heads=2, region=region, lse=True)
    # Groups of heads that do not fill the tile that they share.
    for rows, heads, kv_heads in [(1, 28, 4), (2, 20, 4), (16, 7, 1), (40, 6, 2)]:
        for layout in ("bshd", "bhsd"):
            add(rows=rows, heads=heads, kv_heads=kv_heads, layout=layout, lse=True,
                mask="causal" if rows > 1 else "none")
    for region in ("alibi", "bias", "documents", "prefix"):
        add(rows=3, heads=6, kv_heads=2, region=region, lse=True)
    add(rows=9, heads=10, kv_heads=2, mask="window300:5", d=64, strided=True,
        options="splits=1")
    # The same where the sizes are open, which may be any all the same.
    for heads, kv_heads in [(8, 2), (10, 2), (4, 4)]:
        for mask in ("none", "causal"):
            add(heads=heads, kv_heads=kv_heads, mask=mask, lse=True,
                options="expected-batch=1 expected-rows=4 expected-keys=8192")
    for mask in ("causal", "window300:5"):  # persistent ones, for many batches
        add(heads=8, kv_heads=2, mask=mask, d=64, lse=True,
            options="expected-batch=256 expected-rows=4 expected-keys=2048")
    for d, batch, rows in [(64, 32, 512), (128, 1, 256), (256, 4, 2048)]:
        add(d=d, mask="causal", options=f"expected-batch={batch} "
            f"expected-rows={rows} expected-keys={rows}")
    for options in ("splits=1", "pack-heads=false", "overlap-launches=false",
                    "splits=5", "splits=40", "warp-specialize=false",
                    "pipeline=false", "prune=false split=false"):
        add(rows=7, heads=8, kv_heads=2, mask="causal", options=options,
            lse=True)
    # The other techniques, on ranges of keys.
    for config in ("tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 50, persistent, splits = 3",
                   "tile = 192x80, stages = 2, consumers = 3, registers = 32x160, speculation = 256, pin = 25, pack = 2, splits = 2"):
        for mask in ("none", "causal", "window100:37"):
            add(config=config, d=64, heads=8, kv_heads=4, mask=mask, lse=True)
    found += narrow_variants() + integer_variants()
    assert len({v.name for v in found}) == len(found)
    return found


# (Sq, Sk): shapes that find bugs (docs/testing), and the edges of tiles.
SHAPES = [(1, 1), (239, 1), (799, 3), (113, 203), (127, 176), (129, 177),
          (1023, 1024), (300, 100), (64, 0), (191, 353), (17, 513)]
# Sk beside few rows: none, ranges that are empty or end within a tile, many.
FEW_ROWS_KEYS = [0, 1, 127, 129, 1000, 2049, 5003]
