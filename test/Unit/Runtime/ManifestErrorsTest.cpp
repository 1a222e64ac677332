//===- ManifestErrorsTest.cpp - Malformed manifests -----------------------===//

#include "fa3/Runtime/Manifest.h"
#include "fa3/Runtime/RuntimeError.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

using namespace fa3::runtime;
using namespace fa3::runtime::test;

/// The message for the text of the manifest with `from` replaced by `to`.
static std::string parseWith(llvm::StringRef from, llvm::StringRef to) {
  std::string text = print(makeManifest());
  size_t position = text.find(from.str());
  if (position == std::string::npos)
    return "test is wrong: no " + from.str();
  text.replace(position, from.size(), to.str());
  return message(parseManifest(text));
}

/// The message for a manifest whose only kernel is changed by `change`.
static std::string verifyWith(llvm::function_ref<void(KernelDesc &)> change) {
  Manifest manifest = makeManifest();
  change(manifest.kernels[0]);
  std::string verified = message(verifyManifest(manifest));
  // Parsing verifies, so the text gives the same message.
  EXPECT_EQ(message(parseManifest(print(manifest))), verified);
  return verified;
}

static TensorMapParameter &getMap(KernelDesc &kernel) {
  return std::get<TensorMapParameter>(kernel.parameters[0]);
}

TEST(ManifestErrorsTest, refusesWhatIsNotJSON) {
  EXPECT_EQ(message(parseManifest("{"))
                .find("expected JSON, but got a syntax "
                      "error at [1:"),
            0U);
  EXPECT_EQ(message(parseManifest("[]")),
            "expected an object, but got an array");
  EXPECT_EQ(message(parseManifest("")).find("expected JSON"), 0U);
}

TEST(ManifestErrorsTest, hasTheStatusOfAManifest) {
  llvm::handleAllErrors(
      parseManifest("{").takeError(), [](const RuntimeError &error) {
        EXPECT_EQ(error.getStatus(), FA3_ERROR_INVALID_MANIFEST);
      });
}

TEST(ManifestErrorsTest, refusesDeepNesting) {
  EXPECT_EQ(message(parseManifest(std::string(1000000, '['))),
            "expected a nesting of at most 64 levels, but got more");
  // Brackets in strings are text.
  Manifest manifest = makeManifest();
  manifest.generator = std::string(100, '[') + "\"\\";
  EXPECT_EQ(message(parseManifest(print(manifest))), "success");
}

TEST(ManifestErrorsTest, refusesOtherVersions) {
  EXPECT_EQ(parseWith(R"("version": 1)", R"("version": 2)"),
            "version: expected 1, but got 2");
  EXPECT_EQ(message(parseManifest("{}")),
            "expected the key 'version', but it is missing");
  // What else a later version has is not complained about first.
  EXPECT_EQ(message(parseManifest(R"({"version": 2, "new": 0})")),
            "version: expected 1, but got 2");
}

TEST(ManifestErrorsTest, refusesWrongTypes) {
  EXPECT_EQ(parseWith(R"("generator": "fa3 0.1.0")", R"("generator": 5)"),
            "generator: expected a string, but got 5");
  EXPECT_EQ(parseWith(R"("block": [384,1,1])", R"("block": "384")"),
            "kernels[0].block: expected an array of 3 integers, but got '384'");
  EXPECT_EQ(parseWith("213072", "null"),
            "kernels[0].shared_memory: expected an integer, but got null");
  EXPECT_EQ(parseWith("213072", "0.5"),
            "kernels[0].shared_memory: expected an integer, but got 0.5");
  EXPECT_EQ(parseWith("[384,1,1]", "[384,1,true]"),
            "kernels[0].block[2]: expected an integer, but got a boolean");
  EXPECT_EQ(parseWith(R"({"kind":"pointer","argument":2})", "[]"),
            "kernels[0].parameters[2]: expected an object, but got an array");
  EXPECT_EQ(parseWith(R"("dims":[3,1,2,0])", R"("dims":{})"),
            "kernels[0].parameters[0].dims: expected an array of dimensions, "
            "but got an object");
  EXPECT_EQ(parseWith("{\n        \"registers\": 168\n      }", "[]"),
            "kernels[0].resources: expected an object, but got an array");
}

TEST(ManifestErrorsTest, refusesMissingAndUnknownKeys) {
  EXPECT_EQ(parseWith(R"("entry": "attention",)", ""),
            "kernels[0]: expected the key 'entry', but it is missing");
  EXPECT_EQ(parseWith(R"({"kind":"pointer",)", "{"),
            "kernels[0].parameters[2]: expected one of the keys 'kind', but "
            "got 'argument'");
  EXPECT_EQ(parseWith(R"({"kind":"pointer","argument":2})", "{}"),
            "kernels[0].parameters[2]: expected the key 'kind', but it is "
            "missing");
  EXPECT_EQ(
      parseWith(R"("access":"read")", R"("acess":"read")"),
      "kernels[0].arguments[0]: expected one of the keys 'name', "
      "'element', 'shape', 'access', 'alignment', 'sizes', but got 'acess'");
  EXPECT_EQ(parseWith(R"("equal":)", R"("message":)"),
            "kernels[0].constraints[0]: expected one of the keys 'equal' and "
            "'divisible', but got neither");
  EXPECT_EQ(parseWith(R"("equal":)", R"("divisible":[1,1],"equal":)"),
            "kernels[0].constraints[0]: expected one of the keys 'equal' and "
            "'divisible', but got both");
}

TEST(ManifestErrorsTest, refusesUnknownSpellings) {
  EXPECT_EQ(parseWith(R"("kind":"pointer")", R"("kind":"ptr")"),
            "kernels[0].parameters[2].kind: expected one of 'tensor_map', "
            "'pointer', 'size', 'stride', 'scalar', 'expression', but got "
            "'ptr'");
  EXPECT_EQ(parseWith(R"("swizzle":"128B")", R"("swizzle":"256B")"),
            "kernels[0].parameters[0].swizzle: expected one of 'none', '32B', "
            "'64B', '128B', but got '256B'");
  EXPECT_EQ(parseWith(R"("256B")", R"("512B")"),
            "kernels[0].parameters[0].l2_promotion: expected one of 'none', "
            "'64B', '128B', '256B', but got '512B'");
  EXPECT_EQ(parseWith(R"("element":"f16")", R"("element":"fp16")"),
            "kernels[0].arguments[0].element: expected one of 'f16', 'bf16', "
            "'e4m3', 'e5m2', 'f32', 'f64', 'i8', 'i32', 'i64', 'u8', 'bool', "
            "but got 'fp16'");
  EXPECT_EQ(parseWith(R"("access":"read")", R"("access":"rw")"),
            "kernels[0].arguments[0].access: expected one of 'read', 'write', "
            "'read_write', 'value', 'workspace', but got 'rw'");
  EXPECT_EQ(parseWith(R"("type":"i32")", R"("type":"i16")"),
            "kernels[0].parameters[3].type: expected one of 'i32', 'i64', but "
            "got 'i16'");
}

TEST(ManifestErrorsTest, refusesMalformedExpressions) {
  EXPECT_EQ(
      parseWith(R"(["ceildiv",["size",0,1],128])", "[]"),
      "kernels[0].grid[0]: expected an operation, but got an empty array");
  EXPECT_EQ(parseWith(R"(["ceildiv",["size",0,1],128])", R"("16")"),
            "kernels[0].grid[0]: expected an integer, but got '16'");
  EXPECT_EQ(parseWith(R"(["ceildiv",)", R"(["div",)"),
            "kernels[0].grid[0][0]: expected one of 'size', 'stride', "
            "'sm_count', 'add', 'sub', 'mul', 'ceildiv', 'floordiv', 'mod', "
            "'min', 'max', but got 'div'");
  EXPECT_EQ(parseWith(R"(["size",0,1],128])", R"(["size",0,1]])"),
            "kernels[0].grid[0]: expected 2 operands of 'ceildiv', but got 1");
  EXPECT_EQ(parseWith(R"(["sm_count"])", R"(["sm_count",0])"),
            "kernels[0].parameters[5].value[1]: expected 0 operands of "
            "'sm_count', but got 1");
  EXPECT_EQ(parseWith(R"(["size",0,1],128])", R"(["size",-1,1],128])"),
            "kernels[0].grid[0][1][1]: expected an integer from 0 to "
            "2147483647, but got -1");
  EXPECT_EQ(
      parseWith(R"([["ceildiv",["size",0,1],128],16,["size",0,0]])", "[1,1]"),
      "kernels[0].grid: expected 3 expressions, but got 2");
  EXPECT_EQ(parseWith(R"([["size",0,0],["size",1,0]])", "[1]"),
            "kernels[0].constraints[0].equal: expected 2 expressions, but got "
            "1");
}

TEST(ManifestErrorsTest, refusesIndicesOutOfRange) {
  EXPECT_EQ(
      verifyWith([](KernelDesc &kernel) {
        kernel.grid[2] = SizeExpr::add(1, SizeExpr::size(3, 0));
      }),
      "kernels[0].grid[2][2][1]: expected an argument under 3, but got 3");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.constraints[1].rhs = SizeExpr::stride(1, 4);
            }),
            "kernels[0].constraints[1].divisible[1][2]: expected a dimension "
            "under 4, but got 4");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters[2] = PointerParameter{9};
            }),
            "kernels[0].parameters[2].argument: expected an argument under 3, "
            "but got 9");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters[3] = SizeParameter{1, 5};
            }),
            "kernels[0].parameters[3].dim: expected a dimension under 4, but "
            "got 5");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters[4] = StrideParameter{1, 4};
            }),
            "kernels[0].parameters[4].dim: expected a dimension under 4, but "
            "got 4");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters[5] = ExpressionParameter{SizeExpr::size(7, 0)};
            }),
            "kernels[0].parameters[5].value[1]: expected an argument under 3, "
            "but got 7");
}

TEST(ManifestErrorsTest, refusesValues) {
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addValue(kernel, ElementType::F32);
              kernel.arguments[3].shape = {1};
            }),
            "kernels[0].arguments[3].shape: expected no sizes of a value, but "
            "got 1");
  EXPECT_EQ(verifyWith(
                [](KernelDesc &kernel) { addValue(kernel, ElementType::F16); }),
            "kernels[0].arguments[3].element: expected a value to be f32, f64, "
            "i32 or i64, but got 'f16'");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addValue(kernel, ElementType::F32);
              kernel.arguments[3].alignment = 4;
            }),
            "kernels[0].arguments[3].alignment: expected no alignment of a "
            "value, but got 4");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addValue(kernel, ElementType::F32);
              kernel.parameters[6] = PointerParameter{3};
            }),
            "kernels[0].parameters[6].argument: expected an argument of access "
            "other than 'value', but 'x' has 'value'");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters[2] = ScalarParameter{2, ElementType::F16};
            }),
            "kernels[0].parameters[2].argument: expected an argument of access "
            "'value', but 'o' has 'write'");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addValue(kernel, ElementType::F32);
              kernel.parameters[6] = ScalarParameter{3, ElementType::I32};
            }),
            "kernels[0].parameters[6].type: expected 'f32' as of argument 'x', "
            "but got 'i32'");
}

TEST(ManifestErrorsTest, refusesArguments) {
  EXPECT_EQ(parseWith("[null,null,16,128]", "[null,-2,16,128]"),
            "kernels[0].arguments[0].shape[1]: expected null or a size of at "
            "least 0, but got -2");
  EXPECT_EQ(
      verifyWith([](KernelDesc &kernel) { kernel.arguments[1].name = "q"; }),
      "kernels[0].arguments[1].name: expected a name of its own, but got "
      "'q' a second time");
  EXPECT_EQ(
      verifyWith([](KernelDesc &kernel) { kernel.arguments[1].name = ""; }),
      "kernels[0].arguments[1].name: expected a name, but got ''");
  EXPECT_EQ(verifyWith(
                [](KernelDesc &kernel) { kernel.arguments[1].alignment = 24; }),
            "kernels[0].arguments[1].alignment: expected a power of two up to "
            "4096, but got 24");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.arguments[2].shape.assign(9, 1);
            }),
            "kernels[0].arguments[2].shape: expected at most 8 sizes, but got "
            "9");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              for (int i = 0; i != 30; ++i)
                kernel.arguments.push_back(
                    {"t" + std::to_string(i), ElementType::F16, {}});
            }),
            "kernels[0].arguments: expected at most 32 arguments, but got 33");
}

TEST(ManifestErrorsTest, refusesTensorMaps) {
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { getMap(kernel).box = {64}; }),
            "kernels[0].parameters[0].box: expected 4 sizes, but got 1");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { getMap(kernel).box[1] = 257; }),
            "kernels[0].parameters[0].box[1]: expected 1 to 256 elements, but "
            "got 257");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { getMap(kernel).box[2] = 0; }),
            "kernels[0].parameters[0].box[2]: expected 1 to 256 elements, but "
            "got 0");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { getMap(kernel).box[0] = 12; }),
            "kernels[0].parameters[0].box[0]: expected a multiple of 16 bytes, "
            "but got 12 elements of 2 bytes");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { getMap(kernel).box[0] = 128; }),
            "kernels[0].parameters[0].box[0]: expected at most 128 bytes for "
            "swizzle '128B', but got 256");
  EXPECT_EQ(
      verifyWith([](KernelDesc &kernel) { getMap(kernel).dims = {3, 1, 2}; }),
      "kernels[0].parameters[0].dims: expected 4 dimensions, but got 3");
  EXPECT_EQ(verifyWith(
                [](KernelDesc &kernel) { getMap(kernel).dims = {3, 1, 1, 0}; }),
            "kernels[0].parameters[0].dims[2]: expected each dimension once, "
            "but got 1 twice");
  EXPECT_EQ(verifyWith(
                [](KernelDesc &kernel) { getMap(kernel).dims = {3, 1, 4, 0}; }),
            "kernels[0].parameters[0].dims[2]: expected a dimension under 4, "
            "but got 4");
  EXPECT_EQ(verifyWith(
                [](KernelDesc &kernel) { getMap(kernel).dims = {2, 1, 3, 0}; }),
            "kernels[0].parameters[0].dims[0]: expected the last dimension, 3, "
            "but got 2");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              getMap(kernel).element = ElementType::U8;
            }),
            "kernels[0].parameters[0].element: expected an element of 2 bytes "
            "as of argument 'q', but got 'u8'");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.arguments.push_back({"s", ElementType::F16, {}});
              getMap(kernel).argument = 3;
            }),
            "kernels[0].parameters[0].argument: expected an argument of rank 1 "
            "to 5, but got rank 0");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters.assign(17, getMap(kernel));
            }),
            "kernels[0].parameters: expected at most 16 tensor maps, but got "
            "17");
}

TEST(ManifestErrorsTest, refusesLaunchesBeyondTheHardware) {
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.block[2] = 65; }),
            "kernels[0].block[2]: expected 1 to 64 threads, but got 65");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.block[0] = 0; }),
            "kernels[0].block[0]: expected 1 to 1024 threads, but got 0");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.block = {512, 3, 1}; }),
            "kernels[0].block: expected at most 1024 threads in total, but got "
            "1536");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.cluster[0] = 17; }),
            "kernels[0].cluster[0]: expected 1 to 16 blocks, but got 17");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.cluster = {8, 4, 1}; }),
            "kernels[0].cluster: expected at most 16 blocks in total, but got "
            "32");
  EXPECT_EQ(
      verifyWith([](KernelDesc &kernel) { kernel.sharedMemory = 232449; }),
      "kernels[0].shared_memory: expected 0 to 232448 bytes, but got "
      "232449");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              kernel.parameters.assign(65, PointerParameter{0});
            }),
            "kernels[0].parameters: expected at most 64 parameters, but got "
            "65");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.target = "sm_100a"; }),
            "kernels[0].target: expected 'sm_90a' or 'sm_90', but got "
            "'sm_100a'");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) { kernel.entry = ""; }),
            "kernels[0].entry: expected a name, but got ''");
}

TEST(ManifestErrorsTest, refusesWholeManifests) {
  Manifest manifest = makeManifest();
  manifest.kernels.push_back(makeKernel());
  EXPECT_EQ(message(verifyManifest(manifest)),
            "kernels[1].entry: expected a name of its own, but got 'attention' "
            "a second time");
  manifest.kernels.clear();
  EXPECT_EQ(message(verifyManifest(manifest)),
            "kernels: expected at least 1 kernel, but got 0");
  EXPECT_EQ(parseWith("attention.cubin", "/etc/attention.cubin"),
            "image: expected a path relative to the manifest, but got "
            "'/etc/attention.cubin'");
}

// Whatever byte is changed or cut off, parsing gives a manifest or an error.
TEST(ManifestErrorsTest, survivesMutations) {
  const std::string text = print(makeManifest());
  for (size_t i = 0; i != text.size(); ++i) {
    llvm::consumeError(parseManifest(text.substr(0, i)).takeError());
    for (char c : {'\0', '"', '[', '}', '9', '-', '\xff'}) {
      std::string mutated = text;
      mutated[i] = c;
      llvm::consumeError(parseManifest(mutated).takeError());
    }
  }
}

TEST(ManifestErrorsTest, checksFollowersAndTheirWorkspace) {
  EXPECT_EQ(verifyWith(addFollower), "success");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              kernel.followers[0].entry = kernel.entry;
            }),
            "kernels[0].followers[0].entry: expected a name of its own, but "
            "got 'attention' a second time");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              kernel.followers[0].parameters[2] = PointerParameter{4};
            }),
            "kernels[0].followers[0].parameters[2].argument: expected an "
            "argument under 4, but got 4");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              kernel.followers.resize(16, kernel.followers[0]);
            }),
            "kernels[0].followers: expected at most 15 launches, but got 16");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              kernel.arguments.back().sizes.pop_back();
            }),
            "kernels[0].arguments[3].sizes: expected 3 expressions, but got 2");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              kernel.arguments.back().sizes[1] = SizeExpr::size(3, 0);
            }),
            "kernels[0].arguments[3].sizes[1][1]: expected an argument under "
            "3, but got 3");
  EXPECT_EQ(verifyWith([](KernelDesc &kernel) {
              addFollower(kernel);
              std::swap(kernel.arguments[2], kernel.arguments[3]);
            }),
            "kernels[0].arguments[2].access: expected arguments of the caller "
            "in front of those of the workspace, but 'workspace0' is followed "
            "by one");
}
