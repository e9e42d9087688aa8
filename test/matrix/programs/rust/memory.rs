use std::collections::LinkedList;
use std::rc::{Rc, Weak};

fn main() {
    {
        let rows: Vec<Vec<u32>> = (0..70).map(|i| vec![i; 1 << 18]).collect();
        println!("{}", rows.iter().map(|row| u64::from(row[row.len() - 1])).sum::<u64>());
    }
    let list: LinkedList<Box<u64>> = (0..500_000).map(Box::new).collect();
    println!("{:?} {}", list.back(), list.len());
    let shared = Rc::new(5);
    let weak: Weak<i32> = Rc::downgrade(&shared);
    println!("{} {:?}", Rc::strong_count(&shared), weak.upgrade());
    drop(shared);
    println!("{:?}", weak.upgrade());
}
