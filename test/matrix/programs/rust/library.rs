use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::ops::{Add, Index};
use std::process::Command;

trait Shape {
    fn area(&self) -> f64;
    fn describe(&self) -> String {
        format!("{:.1}", self.area())
    }
}

struct Circle(f64);
struct Square {
    side: f64,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
    fn describe(&self) -> String {
        "square".to_string()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Point {
    x: i32,
    y: i32,
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point { x: self.x + other.x, y: self.y + other.y }
    }
}

struct Grid<const W: usize>(Vec<[u8; W]>);

impl<const W: usize> Index<(usize, usize)> for Grid<W> {
    type Output = u8;
    fn index(&self, (row, column): (usize, usize)) -> &u8 {
        &self.0[row][column]
    }
}

#[derive(Debug)]
enum Tree {
    Leaf(i32),
    Node(Box<Tree>, Box<Tree>),
}

fn sum(tree: &Tree) -> i32 {
    match tree {
        Tree::Leaf(value) => *value,
        Tree::Node(left, right) => sum(left) + sum(right),
    }
}

fn largest<T: PartialOrd + Copy + Debug>(list: &[T]) -> Option<T> {
    list.iter().copied().reduce(|a, b| if b > a { b } else { a })
}

macro_rules! total {
    ($first:expr $(, $rest:expr)*) => { $first $(+ $rest)* };
}

fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Circle(2.0)), Box::new(Square { side: 3.0 })];
    println!("{:?}", shapes.iter().map(|shape| shape.describe()).collect::<Vec<_>>());
    println!("{:?} {:?}", Point { x: 1, y: 2 } + Point::default(), Grid::<2>(vec![[1, 2], [3, 4]])[(1, 0)]);
    let tree = Tree::Node(Box::new(Tree::Leaf(3)), Box::new(Tree::Node(Box::new(Tree::Leaf(4)), Box::new(Tree::Leaf(5)))));
    println!("{} {:?} {:?} {}", sum(&tree), largest(&[1.5, 9.0, 2.0]), largest::<i32>(&[]), total!(1, 2, 3));

    let mut groups: HashMap<bool, Vec<i32>> = HashMap::new();
    (1..=6).for_each(|n| groups.entry(n % 2 == 0).or_default().push(n));
    let mut heap: BinaryHeap<_> = [3, 8, 5].into_iter().collect();
    let distinct: HashSet<char> = "mississippi".chars().collect();
    let sorted: BTreeSet<_> = distinct.iter().collect();
    let mut ring: VecDeque<_> = (0..3).collect();
    ring.rotate_left(1);
    println!("{:?} {:?} {:?} {:?}", groups[&true], heap.pop(), sorted, ring);

    let text: String = "one,two,,three".split(',').filter(|part| !part.is_empty()).map(|part| part.chars().rev().collect::<String>()).collect::<Vec<_>>().join("-");
    let windows: Vec<i32> = [1, 4, 9, 16].windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (even, odd): (Vec<i32>, Vec<i32>) = (1..8).partition(|n| n % 2 == 0);
    println!("{text} {windows:?} {even:?} {odd:?}");
    let mut fibonacci = (0u64, 1u64);
    let numbers: Vec<u64> = std::iter::from_fn(|| {
        let next = fibonacci.0;
        fibonacci = (fibonacci.1, fibonacci.0 + fibonacci.1);
        Some(next)
    })
    .skip_while(|&n| n < 50)
    .step_by(2)
    .take(4)
    .collect();
    println!("{numbers:?}");
    let output = Command::new("sh").args(["-c", "echo child; exit 3"]).output().unwrap();
    println!("{:?} {:?}", String::from_utf8(output.stdout).unwrap().trim(), output.status.code());
}
