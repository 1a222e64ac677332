import lit.formats

config.name = "Two"
config.test_format = lit.formats.ShTest()
config.suffixes = [".test"]
if lit_config.params.get("verify_roundtrip"):
    config.excludes = ["once.test"]
