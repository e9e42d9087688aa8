package com.example.shop;

import java.util.function.Supplier;

class Basket {
    private int items;

    int add(int n) {
        return items += n;
    }
}

public class Main {
    public static void main(String[] args) {
        Supplier<Basket> baskets = Basket::new;
        System.out.println(baskets.get().add(3) + " in " + Main.class.getPackage().getName());
        System.out.println(new Throwable().getStackTrace()[0]);
    }
}
