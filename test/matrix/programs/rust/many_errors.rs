macro_rules! four {
    ($($item:tt)*) => { $($item)* $($item)* $($item)* $($item)* };
}

macro_rules! many {
    ($($item:tt)*) => { four! { four! { four! { four! { $($item)* } } } } };
}

fn main() {
    many! { let number: i32 = "text"; undeclared += 1; nothing::of(number); }
}
