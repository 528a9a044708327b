//! Tells the linker to say where in the program it has put addresses: by that the build takes the program apart into what is
//! needed at once and what comes after (`src/extras`).

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
        // Else texts that are equal become one with several names, and what the rest of the program alone calls by one of
        // them is taken out of the first part, which needs it by another.
        println!("cargo:rustc-link-arg-bins=-O0");
    }
}
