struct Large {
    int field[1u << 29];
    constexpr Large() : field{}
    {
        for (unsigned i = 0; i < 1u << 29; i++)
            field[i] = int(i);
    }
};

constexpr int forever(int n)
{
    while (n != -1)
        n = n > 1000 ? 0 : n + 1;
    return n;
}

constexpr Large large;
static_assert(large.field[5] == 5 && forever(1) == 2, "");

int main()
{
    return large.field[7];
}
