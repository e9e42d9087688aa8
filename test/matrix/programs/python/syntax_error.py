"""A program that does not even compile."""
print("never printed")
for n in range(3)
    print(n)
