#define FOUR(x) x x x x
#define MANY(x) FOUR(FOUR(FOUR(FOUR(FOUR(FOUR(x))))))

int main(void)
{
    MANY(an_undeclared_variable + 1; struct nothing s; "text" * 3;)
    return 0;
}
