# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times launches without the host: several in a CUDA graph."""

import torch


class LaunchGraph:
    """`count` launches by `function`, on PyTorch's current stream.

    Raises:
      RuntimeError: what the function raises, as where it cannot be captured.
    """

    def __init__(self, function, count):
        self.count = count
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            for _ in range(3):
                function()
        torch.cuda.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            for _ in range(count):
                function()

    def milliseconds(self):
        """Of a launch."""
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        self.graph.replay()
        end.record()
        torch.cuda.synchronize()
        return start.elapsed_time(end) / self.count
