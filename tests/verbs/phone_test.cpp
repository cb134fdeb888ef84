// A phone beside this machine: whom it trusts, what it gets, and what it may send back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <qrencode.h>
#include <sys/stat.h>

#include "tests/verbs/watching_beside.h"
#include "verbs/phone/authority.h"
#include "verbs/phone/phone.h"
#include "verbs/phone/qr_code.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Authority, VouchesForThisMachineAndPrivateAddressesAlone) {
  const auto folder = TemporaryFolder::create();
  const auto made = Authority::open(folder->path() / "a", {"203.0.113.7", "box.local", "b\nad"});
  ASSERT_TRUE(made) << error_of(made);
  EXPECT_EQ(made->name(), "Dewdrop on box.local");
  for (const char* host :
       {"192.168.1.4", "10.0.0.1", "172.20.3.4", "203.0.113.7", "box.local", "localhost", "fd00::1"})
    EXPECT_TRUE(made->vouches_for(host)) << host;
  for (const char* host :
       {"8.8.8.8", "203.0.113.8", "172.32.0.1", "example.com", "bank.example", "2001:db8::1", ""})
    EXPECT_FALSE(made->vouches_for(host)) << host;
  struct stat seen {};
  ASSERT_EQ(::stat((folder->path() / "a" / "authority.pem").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777U, 0600U) << "nobody else may read the key";
}

TEST(Authority, IsMadeOnce) {
  const auto folder = TemporaryFolder::create();
  const auto first = Authority::open(folder->path(), {"box"});
  const auto second = Authority::open(folder->path(), {"10.1.2.3"});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
  ASSERT_TRUE(write_file(folder->path() / "authority.pem", "no key"));
  EXPECT_THAT(error_of(Authority::open(folder->path(), {})), HasSubstr("no key with its certificate"));
}

/// A terminal's lines as modules: 1 is dark.
std::vector<std::vector<int>> modules_of(const std::string& code) {
  std::vector<std::vector<int>> rows;
  for (std::string line : split_list(code, '\n')) {
    line = line.substr(line.find('m') + 1);
    line = line.substr(0, line.find('\033'));
    std::vector<int> above;
    std::vector<int> below;
    while (!line.empty()) {
      const bool whole = line.starts_with("█");
      above.push_back(whole || line.starts_with("▀") ? 1 : 0);
      below.push_back(whole || line.starts_with("▄") ? 1 : 0);
      line.erase(0, above.back() + below.back() > 0 ? std::string_view("█").size() : 1);
    }
    rows.push_back(above);
    rows.push_back(below);
  }
  return rows;
}

TEST(QrCode, IsDrawnWithItsQuietZone) {
  const std::string text = "https://192.168.178.29:8443/#back=0123456789abcdef0123456789abcdef";
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  ASSERT_TRUE(code);
  const auto rows = modules_of(qr_code(text));
  constexpr int kQuiet = 4;
  const int width = code->width;
  ASSERT_GE(std::ssize(rows), width + 2 * kQuiet);
  for (int y = 0; y < std::ssize(rows); ++y) {
    ASSERT_EQ(std::ssize(rows[size_t(y)]), width + 2 * kQuiet);
    for (int x = 0; x < width + 2 * kQuiet; ++x) {
      const int inside_x = x - kQuiet;
      const int inside_y = y - kQuiet;
      const bool inside = inside_x >= 0 && inside_y >= 0 && inside_x < width && inside_y < width;
      EXPECT_EQ(rows[size_t(y)][size_t(x)], inside ? code->data[inside_y * width + inside_x] & 1 : 0);
    }
  }
  EXPECT_EQ(qr_code(std::string(5000, 'x')), "") << "no code holds that much";
}

/// A phone's server beside the test.
class Phone : public WatchingBeside {
 protected:
  void SetUp() override {
    if (!find_program("clang")) GTEST_SKIP() << "clang is not installed: scripts/install test";
    WatchingBeside::SetUp();
  }
  void TearDown() override {
    stop();
    WatchingBeside::TearDown();
  }
  void serve(const std::string& listen) {
    PhoneArgs args;
    args.model.project = folder_.path() / "p";
    args.listen = listen;
    args.port = 0;
    args.authority = folder_.path() / "authority";
    args.open = [this](const PhoneDoor& door) {
      door_ = door;
      opened_ = true;
    };
    serving_ = std::thread([this, args] { done_ = serve_phone(args, watch_); });
    ASSERT_TRUE(soon([&] { return opened_ || done_.has_value(); }));
    ASSERT_TRUE(opened_) << error_of(*done_);
  }
  void stop() {
    watch_.stop = true;
    if (serving_.joinable()) serving_.join();
  }
  [[nodiscard]] std::string address() const { return door_.home.substr(0, door_.home.find("/#")); }
  [[nodiscard]] std::string secret() const { return door_.home.substr(door_.home.find('=') + 1); }
  [[nodiscard]] int64_t samples() const {
    return Project::open(folder_.path() / "p")->count_samples().value();
  }

  PhoneDoor door_;
  std::atomic<bool> opened_ = false;
  std::optional<Result<PhoneOutcome>> done_;
  std::thread serving_;
};

TEST_F(Phone, TakesBackWhatItIsSentWithTheSecret) {
  serve("127.0.0.1");
  EXPECT_TRUE(door_.trust.empty()) << "this machine trusts itself";
  const int64_t before = samples();
  httplib::Client phone(address());
  const auto page = phone.Get("/");
  ASSERT_TRUE(page);
  EXPECT_THAT(page->body, HasSubstr("app.js"));
  EXPECT_EQ(phone.Get("/model.wasm")->get_header_value("Content-Type"), "application/wasm");
  EXPECT_EQ(phone.Get("/../dewdrop.toml")->status, 404);
  EXPECT_EQ(phone.Get("/%2e%2e%2fdewdrop.toml")->status, 404);
  const std::string jpeg = disc_jpeg(true, 7000);
  EXPECT_EQ(phone.Post("/back", jpeg, "image/jpeg")->status, 401);
  const httplib::Headers known{{"X-Dewdrop-Secret", secret()}};
  EXPECT_EQ(phone.Post("/back", known, jpeg, "image/jpeg")->status, 202);
  EXPECT_EQ(phone.Post("/back", known, jpeg, "image/jpeg")->status, 202) << "the same picture again";
  fs::rename(folder_.path() / "p", folder_.path() / "moved");
  EXPECT_EQ(phone.Post("/back", known, disc_jpeg(true, 7001), "image/jpeg")->status, 507);
  EXPECT_FALSE(fs::exists(folder_.path() / "p")) << "nothing is made where it was";
  fs::rename(folder_.path() / "moved", folder_.path() / "p");
  EXPECT_EQ(phone.Post("/back", known, jpeg.substr(0, 300), "image/jpeg")->status, 415);
  const auto large = phone.Post("/back", known, std::string(size_t{5} << 20, 'x'), "image/jpeg");
  EXPECT_EQ(large->status, 413);
  EXPECT_THAT(large->body, HasSubstr("more than 4 MiB"));
  stop();
  ASSERT_EQ(error_of(*done_), "fine");
  EXPECT_EQ((*done_)->pictures, 1);
  EXPECT_EQ((*done_)->refused, 3);
  EXPECT_EQ(samples(), before + 1);
}

TEST_F(Phone, ANameOfSomebodyElsesThatLeadsHereIsRefused) {
  serve("127.0.0.1");
  httplib::Client phone(address());
  const std::string port = address().substr(address().rfind(':'));
  for (const std::string& host :
       {"evil.example" + port, std::string("evil.example"), "127.0.0.1.evil.example" + port, std::string()})
    EXPECT_EQ(phone.Get("/", {{"Host", host}})->status, 403) << host;
  const httplib::Headers foreign{{"Host", "evil.example" + port}, {"X-Dewdrop-Secret", secret()}};
  EXPECT_EQ(phone.Post("/back", foreign, disc_jpeg(true, 7000), "image/jpeg")->status, 403);
  for (const std::string& host :
       {"127.0.0.1" + port, "localhost" + port, "[::1]" + port, "192.168.1.4" + port})
    EXPECT_EQ(phone.Get("/", {{"Host", host}})->status, 200) << host;
}

TEST_F(Phone, AnAddressOfAnotherMachineMakesNoAuthority) {
  PhoneArgs args;
  args.model.project = folder_.path() / "p";
  args.listen = "198.51.100.9";
  args.authority = folder_.path() / "authority";
  EXPECT_THAT(error_of(serve_phone(args, watch_)), HasSubstr("no address of this machine"));
  EXPECT_FALSE(fs::exists(args.authority));
}

TEST_F(Phone, TrustsTheAuthorityThatItIsHanded) {
  serve("127.0.0.2");  // loopback all the same
  stop();
  opened_ = false;
  done_.reset();
  watch_.stop = false;
  serve("");
  if (door_.home.find("https://localhost") == 0) GTEST_SKIP() << "this machine has no address in a network";
  httplib::Client over_http(door_.trust.substr(0, door_.trust.rfind('/')));
  const auto page = over_http.Get("/trust");
  ASSERT_TRUE(page);
  EXPECT_THAT(page->body, HasSubstr(door_.fingerprint));
  EXPECT_THAT(page->body, Not(ContainsRegex("@[A-Z]+@"))) << "all is filled in";
  EXPECT_THAT(page->body, Not(HasSubstr(secret()))) << "everybody in the network can read it";
  EXPECT_THAT(over_http.Get("/dewdrop.mobileconfig")->body, HasSubstr("com.apple.security.root"));
  EXPECT_EQ(over_http.Get("/")->status, 302);
  const std::string der = over_http.Get("/dewdrop.crt")->body;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const Certificate authority(d2i_X509(nullptr, &bytes, std::ssize(der)));
  ASSERT_TRUE(authority);
  X509_STORE* const trusted = X509_STORE_new();
  X509_STORE_add_cert(trusted, authority.get());
  const std::string host = address().substr(8, address().rfind(':') - 8);
  httplib::SSLClient phone(host, std::stoi(address().substr(address().rfind(':') + 1)));
  phone.set_ca_cert_store(trusted);
  phone.enable_server_certificate_verification(true);
  const auto secure = phone.Get("/sw.js");
  ASSERT_TRUE(secure) << httplib::to_string(secure.error());
  EXPECT_EQ(secure->status, 200);
}

}  // namespace
}  // namespace dew::verbs
