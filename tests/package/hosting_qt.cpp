// The example of docs/hosting.md for hosts with Qt. It is compiled, not run.
#include <relais/relais.h>

#include <QObject>
#include <QSocketNotifier>

/// Runs the handlers of a queue in the thread of `parent`, which must not outlive the queue.
void dispatch_in_thread_of(QObject* parent, relais::EventQueue& queue) {
  auto* notifier = new QSocketNotifier(queue.wake_fd(), QSocketNotifier::Read, parent);
  QObject::connect(notifier, &QSocketNotifier::activated, parent, [&queue] { queue.dispatch(); });
}
