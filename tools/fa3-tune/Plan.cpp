//===- Plan.cpp - Kernels to time, and their times ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plan.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace json = llvm::json;

namespace fa3::tune {

static bool fromJSON(const json::Value &value, TimedShape &shape,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("arguments", shape.arguments) &&
         map.map("operations", shape.operations);
}

static bool fromJSON(const json::Value &value, PlannedKernel &kernel,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("config", kernel.config) ||
      !map.mapOptional("manifest", kernel.manifest) ||
      !map.mapOptional("error", kernel.error) ||
      !map.mapOptional("microseconds", kernel.microseconds))
    return false;
  if (kernel.manifest.empty() && kernel.error.empty()) {
    path.report("expected a manifest or an error");
    return false;
  }
  return true;
}

static bool fromJSON(const json::Value &value, PlannedProblem &problem,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("name", problem.name) ||
      !map.map("shapes", problem.shapes) ||
      !map.map("kernels", problem.kernels))
    return false;
  const json::Object *key = value.getAsObject()->getObject("key");
  if (!key) {
    path.field("key").report("expected object");
    return false;
  }
  problem.key = *key;
  if (problem.shapes.empty() || problem.kernels.empty()) {
    path.report("expected shapes and kernels");
    return false;
  }
  for (size_t i = 0; i != problem.kernels.size(); ++i) {
    const PlannedKernel &kernel = problem.kernels[i];
    if (!kernel.microseconds.empty() &&
        kernel.microseconds.size() != problem.shapes.size()) {
      path.field("kernels").index(i).report("expected a time for each shape");
      return false;
    }
  }
  return true;
}

static bool fromJSON(const json::Value &value, Plan &plan, json::Path path) {
  json::ObjectMapper map(value, path);
  int64_t version = 0;
  if (!map || !map.map("version", version))
    return false;
  if (version != Plan::kVersion) {
    path.field("version").report("expected version 1");
    return false;
  }
  return map.map("generator", plan.generator) &&
         map.map("assembler", plan.assembler) &&
         map.mapOptional("device", plan.device) &&
         map.mapOptional("driver", plan.driver) &&
         map.map("problems", plan.problems);
}

llvm::Expected<Plan> readPlan(llvm::StringRef path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return llvm::createStringError(file.getError(),
                                   "cannot read '" + path +
                                       "': " + file.getError().message());
  Plan plan;
  json::Path::Root root;
  llvm::Expected<json::Value> value = json::parse((*file)->getBuffer());
  llvm::Error error = value ? llvm::Error::success() : value.takeError();
  if (!error && !fromJSON(*value, plan, root))
    error = root.getError();
  if (error)
    return llvm::createStringError(path + ": " +
                                   llvm::toString(std::move(error)));
  return plan;
}

static json::Object toJSON(const PlannedKernel &kernel) {
  json::Object object{{"config", kernel.config}};
  if (!kernel.manifest.empty())
    object["manifest"] = kernel.manifest;
  if (!kernel.error.empty())
    object["error"] = kernel.error;
  if (!kernel.microseconds.empty())
    object["microseconds"] = json::Array(kernel.microseconds);
  return object;
}

static json::Object toJSON(const TimedShape &shape) {
  json::Array arguments;
  for (const std::vector<int64_t> &sizes : shape.arguments)
    arguments.push_back(json::Array(sizes));
  return json::Object{{"arguments", std::move(arguments)},
                      {"operations", shape.operations}};
}

std::string printPlan(const Plan &plan) {
  json::Array problems;
  for (const PlannedProblem &problem : plan.problems) {
    json::Array shapes, kernels;
    for (const TimedShape &shape : problem.shapes)
      shapes.push_back(toJSON(shape));
    for (const PlannedKernel &kernel : problem.kernels)
      kernels.push_back(toJSON(kernel));
    problems.push_back(json::Object{{"name", problem.name},
                                    {"key", json::Object(problem.key)},
                                    {"shapes", std::move(shapes)},
                                    {"kernels", std::move(kernels)}});
  }
  json::Object object{{"version", Plan::kVersion},
                      {"generator", plan.generator},
                      {"assembler", plan.assembler},
                      {"problems", std::move(problems)}};
  if (!plan.device.empty()) {
    object["device"] = plan.device;
    object["driver"] = plan.driver;
  }
  return llvm::formatv("{0:2}\n", json::Value(std::move(object))).str();
}

} // namespace fa3::tune
