interface Shape {
    double area();
}

class Square implements Shape {
    public double area() {
        return 9;
    }
}

class Application {
    public static void main(String[] args) {
        System.out.println("area " + new Square().area() + " for " + args[0]);
    }
}
