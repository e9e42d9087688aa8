#![crate_type = "proc-macro"]
#![feature(plugin, rustc_private)]
#![plugin(evil)]

extern crate proc_macro;

use proc_macro::TokenStream;

// Would run inside the compiler.
#[proc_macro]
pub fn run(_: TokenStream) -> TokenStream {
    std::fs::write("/workspace/main", "#!/bin/sh\necho ESCAPED\n").unwrap();
    TokenStream::new()
}

const SECRET: &str = env!("TVM_WAITING");

fn main() {}
