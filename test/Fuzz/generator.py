"""The cases of the fuzz driver: random attentions, and mutations of texts."""

import os
import random
import re

NUMBERS = [
    -9223372036854775808, -2147483649, -1, 0, 1, 2, 3, 7, 8, 15, 16, 17, 24, 31,
    32, 63, 64, 100, 127, 128, 240, 255, 256, 257, 1024, 32768, 65536,
    2147483647, 4294967296, 4611686018427387904, 9223372036854775807,
    18446744073709551616,
]  # fmt: skip
SHAPED = ["tensor", "memref", "vector"]
WORDS = [
    "f16", "bf16", "f32", "f64", "f8E4M3FN", "f8E5M2", "i1", "i8", "index",
    "causal", "score", "mask", "outs", "ins", "scales", "q_offset", "origin",
    "bshd", "bhsd", "top_left", "bottom_right", "unit", "?", "*", "->", "x",
    "{", "}", "(", ")", "<", ">", ",", "=", ":", "^bb0", "%0", "none",
    "strided<[1, 1, 1, 1]>", "dense<0>", "affine_map<(a, b) -> (a)>", "0x7FC00000",
]  # fmt: skip


def load_corpus(folder):
    """The chunks of the lit tests, in the order of their paths."""
    chunks = []
    for path, folders, files in sorted(os.walk(folder)):
        for name in sorted(files):
            if not name.endswith(".mlir"):
                continue
            with open(os.path.join(path, name)) as file:
                for chunk in file.read().split("// -----"):
                    chunk = re.sub(r"^\s*//.*\n", "", chunk, flags=re.MULTILINE)
                    if 20 < len(chunk) < 8000:
                        chunks.append(chunk.strip() + "\n")
    return chunks


def make_case(target, seed, number, corpus):
    """A case of fa3-opt. Those of "hopper" are damaged kernels of the tests."""
    rng = random.Random(seed * 1000003 + number)
    if target == "hopper":
        kernels = [chunk for chunk in corpus if "gpu.module" in chunk]
        return mutate(rng, rng.choice(kernels), corpus)
    kind = rng.random()
    if kind < 0.5 or not corpus:
        return Attention(rng).text()
    if kind < 0.75:
        text = Attention(rng).text()
    else:
        text = rng.choice(corpus)
    return mutate(rng, text, corpus)


def mutate(rng, text, corpus):
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        changed = rng.choice(MUTATIONS)(rng, text, corpus)
        if not has_negative_dim(changed):
            text = changed
    # The driver splits its files there, and a case is one chunk.
    return text.replace("// -----", "//")


def has_negative_dim(text):
    """Whether a size is asked for by a negative constant: the canonicalization of
    memref.dim in a gpu.func crashes stock mlir-opt 22 there, too."""
    dims = set(re.findall(r"memref\.dim %[\w.$-]+, (%[\w.$-]+)", text))
    return any(name in dims for name in re.findall(
        r"(%[\w.$-]+) = arith\.constant -\d+ : index", text))


def replace_one(rng, text, pattern, replacement):
    places = list(re.finditer(pattern, text))
    if not places:
        return text
    place = rng.choice(places)
    return text[: place.start()] + replacement + text[place.end() :]


def mutate_number(rng, text, corpus):
    return replace_one(rng, text, r"(?<![%A-Za-z_])-?\d+", str(rng.choice(NUMBERS)))


def mutate_word(rng, text, corpus):
    return replace_one(rng, text, r"[A-Za-z_][A-Za-z0-9_.]*", rng.choice(WORDS))


def mutate_dimension(rng, text, corpus):
    dimension = rng.choice(["?", "0", "1", "8", "17", "[4]", "9223372036854775807"])
    return replace_one(rng, text, r"\d+(?=x)", dimension)


def mutate_shaped_type(rng, text, corpus):
    return replace_one(rng, text, r"\b(tensor|memref|vector)\b", rng.choice(SHAPED))


def mutate_value(rng, text, corpus):
    values = re.findall(r"%[A-Za-z0-9_]+", text)
    return replace_one(rng, text, r"%[A-Za-z0-9_]+", rng.choice(values)) if values else text


def drop_line(rng, text, corpus):
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def repeat_line(rng, text, corpus):
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    lines.insert(at, lines[at])
    return "\n".join(lines)


def splice_line(rng, text, corpus):
    if not corpus:
        return text
    lines = text.split("\n")
    lines.insert(
        rng.randrange(len(lines) + 1), rng.choice(rng.choice(corpus).split("\n"))
    )
    return "\n".join(lines)


def drop_span(rng, text, corpus):
    start = rng.randrange(len(text) + 1)
    return text[:start] + text[start + rng.choice([1, 1, 2, 5, 30]) :]


def insert_word(rng, text, corpus):
    at = rng.randrange(len(text) + 1)
    return text[:at] + " " + rng.choice(WORDS) + " " + text[at:]


def insert_byte(rng, text, corpus):
    at = rng.randrange(len(text) + 1)
    return text[:at] + chr(rng.choice([0, 9, 34, 39, 47, 92, 127, 233])) + text[at:]


def cut_end(rng, text, corpus):
    return text[: rng.randrange(len(text) + 1)]


MUTATIONS = [
    mutate_number, mutate_number, mutate_word, mutate_dimension,
    mutate_dimension, mutate_shaped_type, mutate_value, mutate_value, drop_line,
    repeat_line, splice_line, drop_span, insert_word, insert_byte, cut_end,
]  # fmt: skip


class Attention:
    """A random attn.forward. Most are valid; each wrong choice is rare, so that
    what comes after it in the verifier and in the passes is reached too.

    `target` says what takes it. "opt" takes whatever the dialect has. "gpu" and
    "cpu" get what the kernels for them take, and "cpu" sizes that run in a moment
    and regions that read within bounds and stay finite."""

    def __init__(self, rng, target="opt"):
        self.rng = rng
        self.target = target
        self.arguments = []
        self.fresh = 0

    def rare(self, chance=0.01):
        return self.rng.random() < chance

    def pick(self, *choices):
        return self.rng.choice(choices)

    def argument(self, type):
        name = f"%a{len(self.arguments)}"
        self.arguments.append(f"{name}: {type}")
        return name

    def size(self, value):
        if self.rare(0.003):
            return str(self.pick(0, 1, value + 1, 2**31, 2**63 - 1))
        return "?" if self.dynamic and self.rng.random() < 0.8 else str(value)

    def shaped(self, sizes, element, strided=False):
        kind = "tensor" if self.tensors else "memref"
        if self.rare(0.002):
            kind = self.pick(*SHAPED)
        if self.rare(0.002):
            return f"{kind}<*x{element}>"
        if self.rare(0.002):
            sizes = sizes[1:]
        layout = ""
        if kind == "memref" and strided:
            last = "1" if not self.rare() else self.pick("?", "2")
            strides = ", ".join(["?"] * (len(sizes) - 1) + [last])
            layout = f", strided<[{strides}], offset: ?>"
        if kind == "memref" and self.rare(0.05):
            layout += ", " + self.pick("1", "3 : i32")
        return f"{kind}<{''.join(size + 'x' for size in sizes)}{element}{layout}>"

    def text(self):
        rng = self.rng
        self.tensors = rng.random() < (0.02 if self.target == "gpu" else 0.3)
        self.dynamic = rng.random() < 0.5
        bhsd = rng.random() < 0.4
        element = self.pick("f16", "f16", "bf16", "bf16", "f8E4M3FN", "f8E5M2",
                            "i8")
        if self.target != "opt" and not self.rare(0.02):
            element = self.pick("f16", "bf16")
        eight_bit = element.startswith("f8") or element == "i8"
        if self.rare():
            element = self.pick("f32", "f64", "i16", "index", "f8E4M3B11FNUZ")
        batch = self.pick(0, 1, 1, 2, 7)
        queries = self.pick(0, 1, 1, 16, 17, 64, 128, 799)
        keys = self.pick(0, 1, 16, 17, 64, 100, 203, 4096)
        key_heads = self.pick(1, 1, 2, 3, 8)
        if self.target == "cpu":
            batch = self.pick(0, 1, 1, 2)
            queries = self.pick(0, 1, 5, 16, 33)
            keys = self.pick(0, 1, 5, 16, 17, 70)
            key_heads = self.pick(1, 1, 2)
        heads = key_heads * self.pick(1, 1, 2, 4)
        if self.rare():
            heads += 1
        d, dv = rng.choices(
            [(64, 64), (128, 128), (192, 128), (256, 256), (96, 96), (16, 256)],
            [4, 4, 2, 2, 1, 1],
        )[0]
        if self.target == "cpu":
            d, dv = self.pick((8, 8), (16, 16), (64, 64), (24, 40))
        # What `text` gives to arguments that leave it open.
        self.sizes = {"B": batch, "Sq": queries, "Sk": keys}
        if self.rare():
            d = self.pick(0, 4, 8, 100, 264)

        def four(length, count, columns, type):
            order = [batch, count, length] if bhsd else [batch, length, count]
            sizes = [str(columns)]
            for index, value in reversed(list(enumerate(order))):
                is_head = index == (1 if bhsd else 2)
                sizes.insert(0, str(value) if is_head else self.size(value))
            return self.shaped(sizes, type, strided)

        strided = rng.random() < 0.3
        types = [
            four(queries, heads, d, element),
            four(keys, key_heads, d, element),
            four(keys, key_heads, dv, element),
        ]
        transposed = eight_bit and rng.random() < 0.3
        if transposed:
            places = -(-keys // 16) * 16 if not self.rare() else keys
            sizes = [self.size(batch), str(key_heads), str(dv), self.size(places)]
            types[2] = self.shaped(sizes, element, strided)
        names = [self.argument(type) for type in types]
        lines = [
            "attn.forward",
            f"ins({', '.join(names)} : {', '.join(types)})",
        ]
        attributes = []
        if transposed:
            attributes.append("value_layout = #attn.value_layout<transposed>")
        if eight_bit != self.rare():
            scale_types = []
            blocks = []
            for count, length, name in [
                (heads, queries, "query"), (key_heads, keys, "key"),
                (key_heads, keys, "value"),
            ]:  # fmt: skip
                block = self.pick(None, None, 1, 32, 64, 128)
                if self.rare():
                    block = rng.choice(NUMBERS[:-1])
                if block is not None:
                    attributes.append(f"{name}_block = {block} : i64")
                number = 1 if not block or block < 0 else -(-length // block)
                scale_types.append(
                    self.shaped([self.size(batch), str(count), self.size(number)], "f32")
                )
            names = [self.argument(type) for type in scale_types]
            lines.append(f"scales({', '.join(names)} : {', '.join(scale_types)})")
        offsets = 0.01 if self.target == "gpu" else 0.2
        if rng.random() < offsets:
            lines.append(f"q_offset({self.argument('index')})")
        if rng.random() < offsets:
            count = 3 if not self.rare() else self.pick(1, 2, 4)
            origin = [self.argument("index") for _ in range(count)]
            lines.append(f"origin({', '.join(origin)})")
        output = element
        if eight_bit:
            output = self.pick("f16", "bf16", "f32")
        if self.rare():
            output = self.pick("f16", "f32", "f64")
        outputs = [four(queries, heads, dv, output)]
        if rng.random() < 0.4:
            outputs.append(
                self.shaped([self.size(batch), str(heads), self.size(queries)], "f32")
            )
        names = [self.argument(type) for type in outputs]
        lines.append(f"outs({', '.join(names)} : {', '.join(outputs)})")
        self.add_attributes(attributes, bhsd)
        if attributes:
            rng.shuffle(attributes)
            lines.append("{" + ", ".join(attributes) + "}")
        if rng.random() < 0.3:
            lines.append(self.region("score", True))
        if rng.random() < 0.2:
            lines.append(self.region("mask", False))
        if self.tensors != self.rare(0.01):
            results = outputs if not self.rare(0.01) else outputs + outputs[:1]
            lines.insert(0, f"%r:{len(results)} =")
            lines.append("-> " + ", ".join(results))
        body = "\n      ".join(lines)
        results, values = "", ""
        if self.target == "cpu" and self.tensors:
            results = f" -> ({', '.join(outputs)})"
            values = ", ".join(f"%r#{i}" for i in range(len(outputs)))
            values = f" {values} : {', '.join(outputs)}"
        return (
            f"func.func @f({', '.join(self.arguments)}){results} {{\n"
            f"  {body}\n  return{values}\n}}\n"
        )

    def run_options(self):
        """What fa3-run needs to know of the arguments. Coordinates may lie above
        the sizes by what `origin` says, but not above what a region reads."""
        sizes = ",".join(f"{name}={size}" for name, size in self.sizes.items())
        options = [f"--dim={sizes}"]
        for index, argument in enumerate(self.arguments):
            type = argument.split(": ", 1)[1]
            dimensions = re.match(r"(?:memref|tensor)<((?:\?x)+)f32[,>]", type)
            if type == "index":
                options.append(f"--input={index}={self.rng.randrange(4)}")
            elif type == "f32":
                options.append(f"--input={index}={self.pick('0.5', '-1', '3')}")
            elif dimensions and dimensions[1].count("x") < 3:
                options.append(f"--shape={index}={'x'.join(['80'] * dimensions[1].count('x'))}")
        return options

    def add_attributes(self, attributes, bhsd):
        rng = self.rng
        if bhsd:
            attributes.append("layout = #attn.layout<bhsd>")
        if rng.random() < 0.4:
            attributes.append("causal")
        if rng.random() < 0.3:
            sides = []
            for side in ("left", "right"):
                if rng.random() < 0.6:
                    bound = self.pick(0, 1, 5, 128, 4096)
                    if self.rare():
                        bound = rng.choice(NUMBERS)
                    sides.append(f"{side} = {bound}")
            attributes.append(f"window = #attn.window<{', '.join(sides)}>")
        if rng.random() < 0.2:
            attributes.append("alignment = #attn.alignment<top_left>")
        if rng.random() < 0.3:
            value = self.pick("0.125", "1.0", "0.0", "-2.5")
            if self.target == "opt" or self.target == "gpu" and self.rare(0.05):
                value = self.pick("1.0e+30", "1.0e-45")
            if self.rare():
                value = self.pick("0x7FC00000", "0x7F800000", "0xFF800000")
            attributes.append(f"scale = {value} : f32")
        if rng.random() < 0.3:
            rows, keys = self.pick(
                (4, 16), (128, 128), (128, 80), (192, 64), (64, 16), (1, 1)
            )
            stages, consumers = self.pick(1, 2, 3), max(rows // 64, 1)
            producer, consumer = self.pick((24, 240), (32, 160), (24, 24))
            if self.target == "cpu":
                # Larger ones take minutes to compile there.
                rows, keys = self.pick((4, 16), (8, 16), (1, 1), (16, 32), (3, 7))
            if self.target == "gpu":
                rows, keys = self.pick((128, 128), (128, 64), (128, 96), (192, 64), (64, 32))
                stages, consumers = self.pick(1, 2, 2, 3), rows // 64
                producer, consumer = (24, 240) if consumers < 3 else (32, 160)
            if self.rare(0.01 if self.target == "cpu" else 0.1):
                rows, keys = rng.choice(NUMBERS), self.pick(*NUMBERS)
            if self.rare(0.1):
                stages, consumers = rng.choice(NUMBERS), rng.choice(NUMBERS)
            attributes.append(
                f"config = #attn.config<tile = {rows}x{keys}, stages = {stages}, "
                f"consumers = {consumers}, registers = {producer}x{consumer}>"
            )

    def region(self, keyword, score):
        """A region of a few random operations on the score and the coordinates."""
        indices = ["%b", "%h", "%i", "%j"]
        floats = ["%s"] if score else []
        booleans = []
        arguments = (["%s: f32"] if score else []) + [f"{i}: index" for i in indices]
        if self.rare():
            arguments = arguments[:-1]
        lines = [f"{keyword} {{", f"^bb0({', '.join(arguments)}):"]

        def define(text, values):
            name = f"%v{self.fresh}"
            self.fresh += 1
            lines.append(f"  {name} = {text}")
            values.append(name)

        define("arith.constant 2.5 : f32", floats)
        constant = floats[-1]
        define("arith.constant 3 : index", indices)
        for _ in range(self.rng.randrange(6)):
            a, b = self.rng.choice(indices), self.rng.choice(indices)
            f, g = self.rng.choice(floats), self.rng.choice(floats)
            choice = self.rng.randrange(12)
            if self.target == "cpu":
                # Neither infinities, nor decisions that hang on the last bit,
                # nor a division by zero.
                if choice in (0, 1, 4):
                    define(
                        self.pick(
                            f"arith.{self.pick('addf', 'maximumf')} {f}, {g} : f32",
                            f"arith.mulf {f}, {constant} : f32",
                            f"math.{self.pick('tanh', 'absf')} {f} : f32",
                        ),
                        floats,
                    )
                    continue
                if choice == 2:
                    define(f"arith.{self.pick('addi', 'subi', 'muli')} {a}, {b} : index", indices)
                    continue
            if choice == 0:
                define(f"arith.{self.pick('addf', 'mulf', 'maximumf')} {f}, {g} : f32", floats)
            elif choice == 1:
                function = self.pick("tanh", "exp", "absf", "erf", "floor", "log1p", "atan")
                define(f"math.{function} {f} : f32", floats)
            elif choice == 2:
                define(f"arith.{self.pick('addi', 'subi', 'muli', 'divui')} {a}, {b} : index", indices)
            elif choice == 3:
                define(f"arith.cmpi {self.pick('eq', 'slt', 'ule')}, {a}, {b} : index", booleans)
            elif choice == 4:
                define(f"arith.cmpf {self.pick('olt', 'une')}, {f}, {g} : f32", booleans)
            elif choice == 5 and booleans:
                define(f"arith.select {self.rng.choice(booleans)}, {f}, {g} : f32", floats)
            elif choice in (6, 7):
                rank = self.rng.randrange(3 if self.target == "cpu" else 4)
                kind = self.pick("memref", "tensor" if self.tensors else "memref")
                element = self.pick("f32", "f32", "f16", "bf16", "i8")
                type = f"{kind}<{'?x' * rank}{element}>"
                if kind == "memref" and self.rare(0.2) and rank:
                    strides = ", ".join(["?"] * rank)
                    type = f"memref<{'?x' * rank}{element}, strided<[{strides}], offset: ?>>"
                at = indices[:4] if self.target == "cpu" else indices
                at = ", ".join(self.rng.choice(at) for _ in range(rank))
                read = "memref.load" if kind == "memref" else "tensor.extract"
                values = floats if element == "f32" else []
                define(f"{read} {self.argument(type)}[{at}] : {type}", values)
                if element != "f32":
                    widen = "arith.sitofp" if element == "i8" else "arith.extf"
                    define(f"{widen} %v{self.fresh - 1} : {element} to f32", floats)
            elif choice == 8:
                name = self.argument("f32")
                floats.append(name)
            elif choice == 9:
                define(f"arith.index_cast {a} : index to i32", [])
                define(f"arith.sitofp %v{self.fresh - 1} : i32 to f32", floats)
            elif choice == 10 and self.rare(0.2):
                lines.append(
                    self.pick(
                        f"  memref.store {f}, {self.argument('memref<f32>')}[] : memref<f32>",
                        "  %p = arith.constant dense<1.0> : vector<4xf32>\n"
                        "  %p2 = arith.addf %p, %p : vector<4xf32>",
                        f"  %p = affine.apply affine_map<(a) -> (a + 1)>({a})",
                        f"  %p = vector.broadcast {f} : f32 to vector<2x2xf32>",
                        "  scf.if %c { scf.yield }",
                    )
                )
        if score:
            result, type = self.rng.choice(floats), "f32"
        else:
            if not booleans:
                define(f"arith.cmpi sge, {indices[2]}, {indices[3]} : index", booleans)
            result, type = self.rng.choice(booleans), "i1"
        if not self.rare():
            lines.append(f"  attn.yield {result} : {type}")
        return "\n".join(lines + ["}"])
