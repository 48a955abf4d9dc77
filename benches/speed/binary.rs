//! How large the program is that is shipped.

use std::path::Path;
use std::process::Command;

use crate::bars::Bars;

pub(crate) fn measure(bars: &Bars) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--profile", "dist", "--bin", "rekey"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the shipped program does not build");
    let size = std::fs::metadata(target.join("dist/rekey")).unwrap().len();
    let megabytes = size as f64 / 1e6;
    bars.at_most("size of the shipped program", megabytes, 15.0, " MB");
}
