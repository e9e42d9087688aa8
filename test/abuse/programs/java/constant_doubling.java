public class Main {
    static final String T0 = "ESCAPED ESCAPED ";
    static final String T1 = T0 + T0;
    static final String T2 = T1 + T1;
    static final String T3 = T2 + T2;
    static final String T4 = T3 + T3;
    static final String T5 = T4 + T4;
    static final String T6 = T5 + T5;
    static final String T7 = T6 + T6;
    static final String T8 = T7 + T7;
    static final String T9 = T8 + T8;
    static final String T10 = T9 + T9;
    static final String T11 = T10 + T10;
    static final String T12 = T11 + T11;
    static final String T13 = T12 + T12;
    static final String T14 = T13 + T13;
    static final String T15 = T14 + T14;
    static final String T16 = T15 + T15;
    static final String T17 = T16 + T16;
    static final String T18 = T17 + T17;
    static final String T19 = T18 + T18;
    static final String T20 = T19 + T19;
    static final String T21 = T20 + T20;
    static final String T22 = T21 + T21;
    static final String T23 = T22 + T22;
    static final String T24 = T23 + T23;
    static final String T25 = T24 + T24;
    static final String T26 = T25 + T25;
    static final String T27 = T26 + T26;
    static final String T28 = T27 + T27;
    static final String T29 = T28 + T28;
    static final String T30 = T29 + T29;
    static final String T31 = T30 + T30;
    static final String T32 = T31 + T31;
    static final String T33 = T32 + T32;
    static final String T34 = T33 + T33;
    static final String T35 = T34 + T34;
    static final String T36 = T35 + T35;
    static final String T37 = T36 + T36;
    static final String T38 = T37 + T37;
    static final String T39 = T38 + T38;

    public static void main(String[] args) {
        System.out.println(T39.length());
    }
}
