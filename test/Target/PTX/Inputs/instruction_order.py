# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the order of instructions in an assembled kernel with its schedule.

    instruction_order.py kernel.roles.mlir kernel.sass

The first file is what `fa3-compile --emit=roles` prints, the second what
`nvdisasm -c` does. Of each loop with matrix products the matrix products, the
waits for them and the exponentials on its straight path are listed, and must be
those of the schedule, in its order:

    product 128x8      8 instructions that are 128 columns wide
    wait 1             until all products but the last are over
    exp2 32            32 exponentials of a thread

Where the configuration has a `pin`, the wait that stands behind exponentials in
the schedule must stand behind that share of them; ptxas lets a few more slip by,
which may be one in six. Where the second product adds up the exponentials, it is
held behind one alone. Where there is no pin, ptxas may put it anywhere among them.
Exponentials that a polynomial replaces (`emulate`) are not counted.
"""

import re
import sys

THREADS, ROWS = 128, 64  # of a warpgroup

#===----------------------------------------------------------------------===#
# The schedule
#===----------------------------------------------------------------------===#


class Block:
    """A region of the IR: its lines, and the blocks within."""

    def __init__(self, head, parent):
        self.head, self.parent, self.entries = head, parent, []


def parse_blocks(text):
    root = block = Block("", None)
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("}") and block.parent:
            block = block.parent
        if line.endswith("{"):
            inner = Block(line, block)
            block.entries.append(inner)
            block = inner
        else:
            block.entries.append(line)
    return root


def loops_with_products(block):
    """The innermost loops that issue products."""
    found = []
    for entry in block.entries:
        if isinstance(entry, Block):
            found += loops_with_products(entry)
    if not found and "scf.for" in block.head and any(
            isinstance(e, str) and "hopper.wgmma " in e for e in block.entries):
        return [block]
    return found


def vector_shapes(line):
    return [[int(size) for size in match.split("x")[:-1]]
            for match in re.findall(r"<((?:\d+x)+[a-z]\w*)>", line)]


def number_in_config(text, name):
    match = re.search(rf"#attn\.config<[^>]*\b{name} = (\d+)", text)
    return int(match.group(1)) if match else None


def scheduled_events(block, consumers, emulate):
    events, issued = [], []
    results = set()  # of products, in f32 or made so
    shifted = set()  # by one multiply-add
    for line in block.entries:
        if not isinstance(line, str):
            continue  # A side path, such as the way back of speculation.
        if match := re.match(r"(%\w+) = hopper\.wgmma ", line):
            lhs, result = vector_shapes(line)[0], vector_shapes(line)[-1]
            bits = int(re.search(r"<[\dx]+x[a-z]+(\d+)", line).group(1))
            events.append(("product", result[1], lhs[1] * bits // 256))
            issued.append(match.group(1))
        elif match := re.match(r"(%\w+) = hopper\.wgmma_wait (%\w+)", line):
            result, pending = match.groups()
            if pending not in issued:
                sys.exit(f"expected a product of this loop, but got: {line}")
            events.append(("wait", len(issued) - issued.index(pending) - 1))
            results.add(result)
        elif match := re.match(r"(%\w+) = arith\.sitofp (%\w+)", line):
            results |= {match.group(1)} if match.group(2) in results else set()
        elif match := re.match(r"(%\w+) = math\.fma (%\w+)", line):
            shifted |= {match.group(1)} if match.group(2) in results else set()
        elif match := re.match(r"%\w+ = math\.exp2 (%\w+)( .*<afn>)?", line):
            shape = vector_shapes(line)[-1]
            # A row's own number is held by each of the four threads on it.
            of_thread = (shape[0] * shape[1] // (THREADS * consumers)
                         if len(shape) == 2 else
                         shape[0] * 2 // (ROWS * consumers))
            if emulate and match.group(2) and match.group(1) in shifted:
                of_thread -= -(-of_thread // emulate)
            events.append(("exp2", of_thread))
    return merge(events)


def merge(events):
    """Adds up exponentials that follow each other."""
    merged = []
    for event in events:
        if event[0] == "exp2" and merged and merged[-1][0] == "exp2":
            event = ("exp2", merged.pop()[1] + event[1])
        if event != ("exp2", 0):
            merged.append(event)
    return merged


def adds_by_product(block):
    return any(isinstance(e, str) and "hopper.wgmma " in e and "row_sums" in e
               for e in block.entries)


def place_wait(events, pin, by_product):
    """As hopper-place-waits does: the wait for all products behind a share of
    the exponentials in front of it, or one."""
    placed = []
    for event in events:
        if event == ("wait", 0) and placed and placed[-1][0] == "exp2":
            total = placed.pop()[1]
            before = 1 if by_product else total * pin // 100
            placed += [("exp2", before), event, ("exp2", total - before)]
        else:
            placed.append(event)
    return merge(placed)


#===----------------------------------------------------------------------===#
# The instructions
#===----------------------------------------------------------------------===#


def parse_instructions(text):
    """The instructions, and of each label the index of the one behind it."""
    instructions, labels = [], {}
    for line in text.splitlines():
        if match := re.match(r"\s*(\.L_x_\d+):", line):
            labels[match.group(1)] = len(instructions)
        elif match := re.match(r"\s*/\*[0-9a-f]{4,}\*/\s+(.*?)\s*;", line):
            instructions.append(match.group(1))
    return instructions, labels


def branch_target(instruction, labels):
    match = re.search(r"\bBRA\S*\s+.*`\((\.L_x_\d+)\)", instruction)
    return labels.get(match.group(1)) if match else None


def is_product(instruction):
    """Of 16 bits (HGMMA), of floats of 8 (QGMMA) or of integers (IGMMA)."""
    return re.search(r"\b[HQI]GMMA\.64x(\d+)x", instruction)


def assembled_loops(instructions, labels):
    """First and last index of the innermost loops with products. A branch back
    without a predicate is the end of a wait that stands beside the loop."""
    loops = []
    for end, instruction in enumerate(instructions):
        begin = branch_target(instruction, labels)
        if begin is None or begin > end or not instruction.startswith("@"):
            continue
        if any(is_product(i) for i in instructions[begin:end]):
            loops.append((begin, end))
    return [(b, e) for b, e in loops
            if not any((b, e) != (c, d) and b <= c and d <= e for c, d in loops)]


def straight_path(instructions, labels, begin, end):
    """The instructions of a loop that no branch within it passes over."""
    index = begin
    while index <= end:
        target = branch_target(instructions[index], labels)
        yield instructions[index]
        if target is None or not index < target <= end:
            index += 1
            continue
        # `if (…) goto target; side; target:` or, where the side path ends with a
        # branch of its own, `side; goto join; target: other side; join:`.
        join = branch_target(instructions[target - 1], labels)
        if join is not None and target < join <= end and \
                not instructions[target - 1].startswith("@"):
            target = join
        for side in instructions[index + 1:target]:
            if is_product(side) or "WARPGROUP.DEPBAR" in side:
                sys.exit(f"expected no product or wait on a side path: {side}")
        index = target


def assembled_events(path):
    events, steps = [], 0
    for instruction in path:
        if match := is_product(instruction):
            steps += 1
            if "gsb0" in instruction:
                events.append(("product", int(match.group(1)), steps))
                steps = 0
        elif match := re.search(r"WARPGROUP\.DEPBAR\.LE gsb0, 0x(\d+)",
                                instruction):
            events.append(("wait", int(match.group(1))))
        elif re.search(r"\bMUFU\.EX2\b", instruction):
            events.append(("exp2", 1))
    return merge(events)


#===----------------------------------------------------------------------===#
# The comparison
#===----------------------------------------------------------------------===#


def show(events):
    names = {"product": lambda n, k: f"product {n}x{k}",
             "wait": lambda n: f"wait {n}", "exp2": lambda n: f"exp2 {n}"}
    return ", ".join(names[kind](*numbers) for kind, *numbers in events)


def unplaced(events):
    """The order without the place of the last wait among exponentials."""
    return merge([e for e in events if e != ("wait", 0)])


def is_scheduled(expected, got, pinned, by_product):
    if unplaced(expected) != unplaced(got):
        return False
    if not pinned:
        return True
    if [e[:1] for e in expected] != [e[:1] for e in got]:
        return False
    total = sum(e[1] for e in expected if e[0] == "exp2")
    wait = expected.index(("wait", 0))
    before = got[wait - 1][1] - expected[wait - 1][1]
    return 0 <= before and (by_product or before * 6 <= total)


def main():
    roles = open(sys.argv[1]).read()
    pin = number_in_config(roles, "pin")
    emulate = number_in_config(roles, "emulate")
    consumers = int(re.search(r"consumers\((\d+)\)", roles).group(1))
    loops = loops_with_products(parse_blocks(roles))
    scheduled = [scheduled_events(loop, consumers, emulate) for loop in loops]
    by_product = [adds_by_product(loop) for loop in loops]
    if pin:
        scheduled = [place_wait(events, pin, by)
                     for events, by in zip(scheduled, by_product)]
    instructions, labels = parse_instructions(open(sys.argv[2]).read())
    assembled = [assembled_events(straight_path(instructions, labels, *loop))
                 for loop in assembled_loops(instructions, labels)]
    if not scheduled or len(assembled) != len(scheduled):
        print(f"expected {len(scheduled)} loops with products, "
              f"but got {len(assembled)}")
        return 1
    wrong = 0
    for expected, got, by in zip(scheduled, assembled, by_product):
        same = is_scheduled(expected, got, pin, by)
        wrong += not same
        print(show(got) if same else
              f"expected {show(expected)}, but got {show(got)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
