#include <iostream>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

class Animal {
  public:
    virtual ~Animal() = default;
    virtual std::string speak() const = 0;
};

template <class Self> class Named : public Animal {
  public:
    std::string speak() const override { return std::string(Self::name) + " says " + static_cast<const Self *>(this)->sound(); }
};

struct Dog : Named<Dog> {
    static constexpr const char *name = "dog";
    std::string sound() const { return "wow"; }
};

struct Cat : Named<Cat> {
    static constexpr const char *name = "cat";
    std::string sound() const { return "meow"; }
};

template <class T, std::size_t N> struct Matrix {
    T cells[N][N]{};
    static constexpr Matrix identity()
    {
        Matrix result;
        for (std::size_t i = 0; i < N; i++)
            result.cells[i][i] = T(1);
        return result;
    }
    constexpr Matrix operator*(const Matrix &other) const
    {
        Matrix result;
        for (std::size_t i = 0; i < N; i++)
            for (std::size_t j = 0; j < N; j++)
                for (std::size_t k = 0; k < N; k++)
                    result.cells[i][j] += cells[i][k] * other.cells[k][j];
        return result;
    }
};

template <class T> std::string kind(const T &)
{
    if constexpr (std::is_integral_v<T>)
        return "integer";
    else if constexpr (std::is_floating_point_v<T>)
        return "float";
    else
        return "other";
}

struct Moved {
    int moves = 0;
    Moved() = default;
    Moved(const Moved &) = delete;
    Moved(Moved &&other) noexcept : moves(other.moves + 1) {}
};

int main()
{
    std::vector<std::unique_ptr<Animal>> animals;
    animals.push_back(std::make_unique<Dog>());
    animals.push_back(std::make_unique<Cat>());
    for (const auto &animal : animals)
        std::cout << animal->speak() << (dynamic_cast<Dog *>(animal.get()) ? " (dog)" : "") << '\n';
    Matrix<long, 2> step{{{1, 1}, {1, 0}}}, power = Matrix<long, 2>::identity();
    for (int i = 0; i < 90; i++)
        power = power * step;
    std::cout << power.cells[0][1] << ' ' << kind(1) << ' ' << kind(1.0) << ' ' << kind("") << '\n';
    Moved first;
    Moved second = std::move(first), third = std::move(second);
    std::cout << third.moves << ' ' << __FILE__ << ':' << __LINE__ << '\n';
}
