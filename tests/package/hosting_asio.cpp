// The examples of docs/hosting.md for hosts with Asio. They are compiled, not run.
#include <relais/relais.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

namespace asio = boost::asio;

/// Runs the handlers of a queue in an io_context. Both must outlive it, and it must outlive run().
class AsioDispatcher {
 public:
  AsioDispatcher(asio::io_context& io, relais::EventQueue& queue)
      : queue_(queue), ready_(io, ::dup(queue.wake_fd())) {  // Asio closes its descriptor
    wait();
  }

 private:
  void wait() {
    ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        if (error) return;
                        queue_.dispatch();
                        wait();
                      });
  }

  relais::EventQueue& queue_;
  asio::posix::stream_descriptor ready_;
};

/// Handlers run in the threads that run the io_context, which must outlive the replicas.
relais::Executor executor_of(asio::io_context& io) {
  relais::Executor executor;
  executor.context = &io;
  executor.post = [](void* context, void (*task)(void* data), void* data) {
    asio::post(*static_cast<asio::io_context*>(context), [task, data] { task(data); });
  };
  return executor;
}
