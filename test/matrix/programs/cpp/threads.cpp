#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

int main()
{
    std::mutex lock;
    std::condition_variable changed;
    std::queue<int> queue;
    std::atomic<long> sum{0};
    bool done = false;
    std::vector<std::thread> consumers;
    for (int i = 0; i < 4; i++)
        consumers.emplace_back([&] {
            for (;;) {
                std::unique_lock held(lock);
                changed.wait(held, [&] { return done || !queue.empty(); });
                if (queue.empty())
                    return;
                const int item = queue.front();
                queue.pop();
                held.unlock();
                sum += item;
            }
        });
    for (int i = 1; i <= 1000; i++) {
        std::lock_guard held(lock);
        queue.push(i);
        changed.notify_one();
    }
    {
        std::lock_guard held(lock);
        done = true;
    }
    changed.notify_all();
    for (auto &consumer : consumers)
        consumer.join();
    auto product = std::async(std::launch::async, [](int a, int b) { return a * b; }, 6, 7);
    std::promise<std::string> promise;
    auto text = promise.get_future();
    std::thread([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        promise.set_value("kept");
    }).join();
    auto failing = std::async([]() -> int { throw std::runtime_error("from a thread"); });
    std::cout << sum << ' ' << product.get() << ' ' << text.get() << '\n';
    try {
        failing.get();
    } catch (const std::exception &error) {
        std::cout << error.what() << '\n';
    }
}
