use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

fn main() -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).open("notes.txt")?;
    for i in 1..=3 {
        writeln!(file, "line {i}")?;
    }
    file.seek(SeekFrom::Start(7))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    print!("{rest}");
    fs::create_dir_all("sub/inner")?;
    fs::rename("notes.txt", "sub/notes.txt")?;
    println!("{} bytes", fs::metadata("sub/notes.txt")?.len());
    let mut names: Vec<String> =
        fs::read_dir(".")?.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    println!("{names:?} {}", std::env::current_dir()?.display());
    println!("{:?}", File::create("/etc/new").map(|_| ()).is_err());
    println!("{:?}", File::open("missing").unwrap_err().kind());
    println!("{:?}", Path::new("a/b.tar.gz").extension());
    fs::remove_dir_all("sub")
}
