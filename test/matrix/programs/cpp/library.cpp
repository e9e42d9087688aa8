#include <bits/stdc++.h>

using namespace std;

template <class... T> auto total(T... values) { return (values + ... + 0); }

struct Area {
    double operator()(double radius) const { return 3 * radius * radius; }
    double operator()(pair<double, double> sides) const { return sides.first * sides.second; }
};

static constexpr int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static_assert(fibonacci(10) == 55);

int main()
{
    priority_queue<int, vector<int>, greater<>> queue;
    for (int x : {5, 1, 4})
        queue.push(x);
    unordered_map<string, vector<int>> groups;
    for (int i = 0; i < 10; i++)
        groups[i % 2 ? "odd" : "even"].push_back(i);
    cout << queue.top() << ' ' << groups["odd"].size() << ' ' << total(1, 2, 3) << '\n';

    const string text = "a=1, bb=22, ccc=333";
    for (size_t at = 0, equals; (equals = text.find('=', at)) != string::npos; at = min(text.find(' ', equals), text.size() - 1) + 1)
        cout << text.substr(at, equals - at) << "->" << stoi(text.substr(equals + 1)) * 2 << ' ';
    cout << '\n';

    vector<variant<double, pair<double, double>>> shapes{2.0, pair{3.0, 4.0}};
    for (const auto &shape : shapes)
        cout << visit(Area{}, shape) << ' ';
    optional<string> nothing;
    any anything = 5;
    tuple record{1, 'c', "text"s};
    cout << nothing.value_or("none") << ' ' << any_cast<int>(anything) << ' ' << get<2>(record) << '\n';

    vector<int> numbers(10);
    iota(numbers.begin(), numbers.end(), 1);
    rotate(numbers.begin(), numbers.begin() + 3, numbers.end());
    nth_element(numbers.begin(), numbers.begin() + 5, numbers.end());
    cout << numbers[5] << ' ' << count_if(numbers.begin(), numbers.end(), [](int x) { return x % 3 == 0; }) << ' ';
    set<string, less<>> names{"b", "a", "c"};
    deque<int> ring{1, 2, 3};
    ring.push_front(0);
    function<int(int)> twice = [](int x) { return 2 * x; };
    string_view view = "string_view";
    cout << *names.begin() << ' ' << ring.front() << ' ' << twice(21) << ' ' << view.substr(7) << ' ' << bitset<8>(5) << '\n';
    stringstream stream;
    stream << hex << setw(6) << setfill('*') << 255 << ' ' << fixed << setprecision(2) << 3.14159;
    cout << stream.str() << '\n';
}
