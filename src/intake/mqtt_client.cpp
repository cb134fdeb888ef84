#include "intake/mqtt_client.h"

#include <fmt/format.h>
#include <mosquitto.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace dew::intake {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kQos = 1;
constexpr int kKeepAliveSeconds = 15;  // a broker that hangs is noticed after some 20
constexpr int kMostInFlight = 20;      // libmosquitto's default
constexpr std::chrono::milliseconds kLook{20};
constexpr std::chrono::seconds kConnecting{10};  // until the broker has said yes or no

std::string words(int code) {
  return code == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(code);
}

}  // namespace

/// What libmosquitto calls, on the client's thread.
struct MqttClient::Library {
  struct Free {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
  };
  std::unique_ptr<mosquitto, Free> handle;

  static MqttClient& of(void* client) { return *static_cast<MqttClient*>(client); }

  static void on_connect(mosquitto* handle, void* client, int code) {
    MqttClient& self = of(client);
    if (code != 0) {
      self.refused_ = mosquitto_connack_string(code);
      if (code == 4 || code == 5)
        self.refused_ += "; name the user in the address, and set DEWDROP_MQTT_PASSWORD";
      return;
    }
    for (const std::string& filter : self.plan_.filters)
      mosquitto_subscribe(handle, nullptr, filter.c_str(), kQos);
    self.connected_ = true;
    self.failed_ = 0;
    if (self.told_lost_) {
      self.listener_.warn(
          fmt::format("the broker at {} is {}", self.shown(), self.was_connected_ ? "back" : "there"));
      const std::lock_guard lock(self.mutex_);
      self.figures_.reconnected += self.was_connected_ ? 1 : 0;
    }
    self.was_connected_ = true;
    self.told_lost_ = false;
    if (self.listener_.connected) self.listener_.connected();
  }

  static void on_subscribe(mosquitto*, void* client, int, int count, const int* granted) {
    for (int i = 0; i < count; ++i)
      if (granted[i] > 2)
        of(client).listener_.warn(
            fmt::format("the broker at {} does not let this user read {}: change its access list",
                        of(client).shown(), printable(join(of(client).plan_.filters))));
  }

  static void on_message(mosquitto*, void* client, const mosquitto_message* message) {
    MqttClient& self = of(client);
    const auto size = static_cast<size_t>(std::max(message->payloadlen, 0));
    if (size > self.plan_.largest) {
      const std::lock_guard lock(self.mutex_);
      ++self.figures_.too_large;
      return;
    }
    if (self.listener_.message)
      self.listener_.message(
          {message->topic, std::string(static_cast<const char*>(message->payload), size), message->retain});
  }

  static void on_publish(mosquitto*, void* client, int) {
    MqttClient& self = of(client);
    const std::lock_guard lock(self.mutex_);
    --self.in_flight_;
    ++self.figures_.sent;
    self.changed_.notify_all();
  }
};

std::string mqtt_password() {
  const char* const found = std::getenv("DEWDROP_MQTT_PASSWORD");
  return found == nullptr ? "" : found;
}

Result<std::unique_ptr<MqttClient>> MqttClient::open(Plan plan, MqttListener listener) {
  static const int kStarted = mosquitto_lib_init();
  if (kStarted != MOSQ_ERR_SUCCESS) return work_error("MQTT cannot be used: " + words(kStarted));
  std::unique_ptr<MqttClient> client(new MqttClient(std::move(plan), std::move(listener)));
  DEW_CHECK(client->set_up());
  client->thread_ = std::thread([self = client.get()] { self->run(); });
  return client;
}

MqttClient::MqttClient(Plan plan, MqttListener listener)
    : plan_(std::move(plan)), listener_(std::move(listener)), library_(std::make_unique<Library>()) {}

Result<void> MqttClient::set_up() {
  library_->handle.reset(mosquitto_new(nullptr, true, this));
  mosquitto* const handle = library_->handle.get();
  if (handle == nullptr) return work_error("MQTT cannot be used: no memory");
  mosquitto_connect_callback_set(handle, &Library::on_connect);
  mosquitto_subscribe_callback_set(handle, &Library::on_subscribe);
  mosquitto_message_callback_set(handle, &Library::on_message);
  mosquitto_publish_callback_set(handle, &Library::on_publish);
  if (!plan_.broker.user.empty() || !plan_.password.empty())
    mosquitto_username_pw_set(handle, plan_.broker.user.c_str(),
                              plan_.password.empty() ? nullptr : plan_.password.c_str());
  if (plan_.broker.tls) {
    int code = mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    if (code == MOSQ_ERR_SUCCESS) code = mosquitto_tls_opts_set(handle, 1, nullptr, nullptr);
    if (code != MOSQ_ERR_SUCCESS) return work_error("TLS cannot be set up for MQTT: " + words(code), shown());
  }
  if (plan_.will)
    mosquitto_will_set(handle, plan_.will->topic.c_str(), static_cast<int>(plan_.will->payload.size()),
                       plan_.will->payload.data(), kQos, plan_.will->retained);
  return {};
}

MqttClient::~MqttClient() {
  {
    std::unique_lock lock(mutex_);
    if (!told_lost_)
      changed_.wait_for(lock, kLastWords, [this] { return waiting_.empty() && in_flight_ == 0; });
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string MqttClient::shown() const {
  return printable(fmt::format("{}:{}", plan_.broker.host, plan_.broker.port));
}

void MqttClient::publish(MqttMessage message) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostWaiting) {
    waiting_.pop_front();
    ++figures_.dropped;
  }
  waiting_.push_back(std::move(message));
}

MqttFigures MqttClient::figures() const {
  const std::lock_guard lock(mutex_);
  MqttFigures now = figures_;
  now.waiting = std::ssize(waiting_) + in_flight_;
  return now;
}

bool MqttClient::rest(std::chrono::milliseconds length) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, length, [this] { return stop_; });
}

void MqttClient::lost(const std::string& why) {
  connected_ = false;
  if (told_lost_) return;
  told_lost_ = true;
  listener_.warn(fmt::format("the broker at {} {}: {}; it is tried again with growing pauses", shown(),
                             was_connected_ ? "is gone" : "does not answer", why));
}

void MqttClient::run() {
  const Chance chance = random_chance();
  while (rest(std::chrono::milliseconds(0))) {
    if (!keep_connection()) break;
    if (!rest(pause_after(plan_.backoff, ++failed_, chance()))) break;
  }
  if (connected_) mosquitto_disconnect(library_->handle.get());
}

/// Until the connection is lost. False: asked to stop.
bool MqttClient::keep_connection() {
  mosquitto* const handle = library_->handle.get();
  refused_.clear();
  const Steady::time_point began = Steady::now();
  int code = mosquitto_connect_async(handle, plan_.broker.host.c_str(), plan_.broker.port, kKeepAliveSeconds);
  while (code == MOSQ_ERR_SUCCESS) {
    code = mosquitto_loop(handle, static_cast<int>(kLook.count()), 1);
    if (!rest(std::chrono::milliseconds(0))) return false;
    if (connected_) hand_over();
    if (!connected_ && Steady::now() - began > kConnecting) code = MOSQ_ERR_CONN_PENDING;
  }
  const std::string why = code == MOSQ_ERR_CONN_PENDING ? "no word from it" : words(code);
  lost(refused_.empty() ? why : refused_);
  mosquitto_disconnect(handle);
  return true;
}

void MqttClient::hand_over() {
  while (true) {
    MqttMessage next;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty() || in_flight_ >= kMostInFlight) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
      ++in_flight_;
    }
    const int code =
        mosquitto_publish(library_->handle.get(), nullptr, next.topic.c_str(),
                          static_cast<int>(next.payload.size()), next.payload.data(), kQos, next.retained);
    if (code == MOSQ_ERR_SUCCESS) continue;
    // Where the connection breaks off right now, libmosquitto keeps the message and sends it again.
    if (code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST) return;
    const std::lock_guard lock(mutex_);
    --in_flight_;
    ++figures_.dropped;
  }
}

}  // namespace dew::intake
