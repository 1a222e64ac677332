#include "fa3/Conversion/Passes.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<mlir::attn::AttnDialect, mlir::hopper::HopperDialect>();
  mlir::registerAllPasses();
  mlir::attn::registerAttnPasses();
  mlir::hopper::registerHopperPasses();
  mlir::hopper::registerFA3ConversionPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "FA3 optimizer driver\n", registry));
}
