use std::fs::File;
use std::io::Write;
use std::mem;

fn main() {
    // Descriptors that are never closed, with a file of its own behind each.
    for i in 0.. {
        match File::create(format!("/tmp/{i}")) {
            Ok(mut file) => {
                let _ = file.write_all(b"x");
                mem::forget(file);
            }
            Err(error) => {
                println!("files: {}", error.kind() as i32 >= 0 && i < 1024);
                break;
            }
        }
    }
    let mut kept = Vec::new();
    loop {
        kept.push(vec![1u8; 1 << 20]);
    }
}
