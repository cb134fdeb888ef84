// Who is let in, and what nobody gets.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/studio/studio_client.h"
#include "tests/support/free_port.h"

namespace dew::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StudioServer : public StudioTest {
 protected:
  void SetUp() override {
    make(2);
    open();
  }
  /// A request as it stands here, for what a client would not send; the whole reply.
  [[nodiscard]] std::string raw(const std::string& request) const {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port_));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    EXPECT_EQ(::send(connection, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string reply;
    char some[4096];
    for (ssize_t count = 0; (count = ::recv(connection, some, sizeof some, 0)) > 0;)
      reply.append(some, static_cast<size_t>(count));
    ::close(connection);
    return reply;
  }
  [[nodiscard]] std::string raw_get(const std::string& target) const {
    return raw("GET " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\nCookie: " + cookie_ + "\r\n\r\n");
  }
};

TEST_F(StudioServer, ThePrintedAddressLetsInAndTheCookieKeepsIn) {
  EXPECT_EQ(token_.size(), 64u);
  EXPECT_EQ(get("/"), 200);
  EXPECT_THAT(body_, HasSubstr("page"));
  const auto reply = httplib::Client("127.0.0.1", port_).Get("/?token=" + token_);
  const std::string cookie = reply->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("; HttpOnly"));
  EXPECT_THAT(cookie, HasSubstr("; SameSite=Strict"));
  EXPECT_EQ(reply->get_header_value("Location"), "/");
  EXPECT_THAT(cookie, Not(HasSubstr(token_)));
}

TEST_F(StudioServer, WithoutOrWithAWrongTokenOrCookieNobodyIsLetIn) {
  EXPECT_EQ(get("/", {}), 401);
  EXPECT_THAT(body_, HasSubstr("dewdrop studio printed"));
  EXPECT_EQ(get("/api/project", {}), 401);
  EXPECT_EQ(Json::parse(body_).at("error").at("what").is_string(), true);
  EXPECT_EQ(get("/?token=" + std::string(64, '0'), {}), 401);
  EXPECT_EQ(get("/?token=", {}), 401);
  EXPECT_EQ(get("/?token=" + token_.substr(1), {}), 401);
  std::string other = cookie_;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_EQ(get("/", {{"Cookie", other}}), 401);
  EXPECT_EQ(get("/", {{"Cookie", "a=b; " + cookie_ + "; c"}}), 200);
}

TEST_F(StudioServer, APageThatIsOpenGoesOnWhereTheStudioIsStartedAgain) {
  studio_.reset();
  open(free_port());  // the usual one may be another test's by the time it is wanted again
  const fs::path kept = project() / ".dewdrop" / "studio-session";
  const auto known_after = [&](const std::function<void()>& meanwhile) {
    const std::string cookie = cookie_;
    studio_.reset();
    meanwhile();
    open(port_);
    return get("/", {{"Cookie", cookie}});
  };
  const std::string token = token_;
  EXPECT_EQ(known_after([] {}), 200);
  EXPECT_NE(token_, token);
  EXPECT_EQ(get("/?token=" + token, {}), 401) << "the address that lets in is new each time";
  EXPECT_EQ(fs::status(kept).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto share = [&] { fs::permissions(kept, fs::perms::group_read, fs::perm_options::add); };
  EXPECT_EQ(known_after(share), 401) << "others could read it";
  const auto age = [&] {
    fs::last_write_time(kept, fs::file_time_type::clock::now() - std::chrono::hours(25));
  };
  EXPECT_EQ(known_after(age), 401) << "a day is over";
  EXPECT_EQ(known_after([&] { (void)write_file(kept, "short"); }), 401);
}

TEST_F(StudioServer, TheTokenForTheBrowserIsGoodOnce) {
  const std::string url = studio_->opening_url().value();
  const std::string path = url.substr(url.find("/?"));
  EXPECT_NE(url, studio_->url());
  EXPECT_EQ(get(path, {}), 303);
  EXPECT_EQ(get(path, {}), 401);
}

TEST_F(StudioServer, APhoneThatCannotComeIsNotInvited) {
  const Json refused = posted("/api/phone", Json::object(), 409);
  EXPECT_THAT(refused.at("error").at("next").get<std::string>(), HasSubstr("--listen 0.0.0.0"));
}

TEST_F(StudioServer, AForeignHostIsRefused) {
  for (const std::string& host :
       {std::string("evil.example"), "evil.example:" + std::to_string(port_), std::string("127.0.0.1"),
        std::string("127.0.0.1:1"), std::string(), host_ + ".evil.example"}) {
    httplib::Headers headers{{"Cookie", cookie_}, {"Host", host}};
    EXPECT_EQ(get("/api/project", headers), 403) << host;
    EXPECT_EQ(get("/?token=" + token_, headers), 403) << host;
  }
  EXPECT_EQ(get("/", {{"Cookie", cookie_}, {"Host", "LOCALHOST:" + std::to_string(port_)}}), 200);
  EXPECT_THAT(raw("GET / HTTP/1.0\r\n\r\n"), HasSubstr(" 403 "));
  EXPECT_THAT(
      raw("GET / HTTP/1.1\r\nHost: " + host_ + "\r\nHost: evil.example\r\nCookie: " + cookie_ + "\r\n\r\n"),
      HasSubstr(" 403 "));
}

TEST_F(StudioServer, AForeignOriginIsRefused) {
  for (const char* origin : {"http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"}) {
    EXPECT_EQ(get("/api/project", {{"Cookie", cookie_}, {"Origin", origin}}), 403) << origin;
    EXPECT_EQ(post("/api/none", "{}", {{"Cookie", cookie_}, {"Origin", origin}}), 403) << origin;
  }
  EXPECT_EQ(post("/api/none", "{}", {{"Cookie", cookie_}}), 403) << "a POST says where it comes from";
  EXPECT_EQ(get("/api/project", {{"Cookie", cookie_}, {"Sec-Fetch-Site", "cross-site"}}), 403);
}

TEST_F(StudioServer, EveryAnswerHasTheSafeHeaders) {
  for (const char* path : {"/", "/api/none", "/none", "/?token=wrong"}) {
    const auto reply = httplib::Client("127.0.0.1", port_).Get(path, headers());
    ASSERT_TRUE(reply);
    EXPECT_THAT(reply->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'")) << path;
    EXPECT_EQ(reply->get_header_value_count("Content-Security-Policy"), 1u) << path;
    EXPECT_EQ(reply->get_header_value("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(reply->get_header_value("Referrer-Policy"), "no-referrer") << path;
    EXPECT_FALSE(reply->has_header("Access-Control-Allow-Origin")) << path;
  }
}

TEST_F(StudioServer, NothingIsCompressedOnOneMachine) {
  ASSERT_TRUE(write_file(project() / "compare.html", std::string(size_t{1} << 20, 'a')));
  for (const char* path : {"/", "/api/project", "/api/reports/compare"}) {
    httplib::Headers asked = headers();
    asked.emplace("Accept-Encoding", "gzip, br");
    const auto reply = httplib::Client("127.0.0.1", port_).Get(path, asked);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200) << path;
    EXPECT_FALSE(reply->has_header("Content-Encoding")) << path << ": Brotli takes seconds of a report";
    EXPECT_EQ(reply->get_header_value("Content-Length"), std::to_string(reply->body.size())) << path;
  }
}

TEST_F(StudioServer, NoPathLeavesThePage) {
  EXPECT_EQ(get("/assets/main-1.js"), 200);
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt",
                           "/..%2fsecret.txt", "/linked.txt", "/index.html%00.js", "/assets", "/assets/",
                           "//secret.txt", "/.", "/assets\\..\\..\\secret.txt", "/%"}) {
    const std::string reply = raw_get(path);
    EXPECT_THAT(reply, Not(HasSubstr("not for anybody"))) << path;
    EXPECT_THAT(reply, Not(HasSubstr(" 200 "))) << path;
  }
}

TEST_F(StudioServer, MethodsRangesAndTypesThatAreNotServed) {
  EXPECT_THAT(raw("DELETE /api/project HTTP/1.1\r\nHost: " + host_ + "\r\nCookie: " + cookie_ + "\r\n\r\n"),
              HasSubstr(" 405 "));
  EXPECT_EQ(get("/", {{"Cookie", cookie_}, {"Range", "bytes=0-1,2-3,4-5"}}), 416);
  EXPECT_EQ(post("/", "{}", headers()), 405);
  EXPECT_EQ(get("/api/none"), 404);
  EXPECT_EQ(post("/api/none", "{}", headers()), 404);
  const httplib::MultipartFormDataItems form{{"file", "bytes", "a.jpg", "image/jpeg"}};
  for (const char* path : {"/api/upload?name=a.jpg", "/api/labels", "/api/nothing"}) {
    const auto reply = httplib::Client("127.0.0.1", port_).Post(path, headers(), form);
    ASSERT_TRUE(reply) << path;
    EXPECT_EQ(reply->status, std::string(path) == "/api/nothing" ? 404 : 415) << path;
  }
}

TEST_F(StudioServer, TheRestOfARefusedRequestIsNotTakenForAnother) {
  const std::string hidden = "GET / HTTP/1.1\r\nHost: " + host_ + "\r\nCookie: " + cookie_ + "\r\n\r\n";
  const std::string reply = raw("POST /api/none HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " +
                                std::to_string(hidden.size()) + "\r\n\r\n" + hidden);
  EXPECT_THAT(reply, HasSubstr(" 403 "));
  EXPECT_THAT(reply, Not(HasSubstr(" 200 ")));
}

TEST(Studio, BeyondLoopbackItSpeaksHttps) {
  const auto folder = TemporaryFolder::create();
  make_disc_project(folder->path() / "p", 2);
  Watch watch;
  studio::StudioArgs args;
  args.project = folder->path() / "p";
  args.address = "0.0.0.0";
  args.authority = folder->path() / "authority";
  const auto opened = studio::Studio::open(args, watch);
  ASSERT_TRUE(opened) << opened.error().what;
  const std::string url = (*opened)->url();
  ASSERT_TRUE(url.starts_with("https://")) << url;
  const int port = std::stoi(url.substr(url.rfind(':', url.find('?')) + 1));
  const std::string path = url.substr(url.find("/?"));
  EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get(path)) << "nothing is said without TLS";
  httplib::SSLClient stranger("127.0.0.1", port);
  EXPECT_FALSE(stranger.Get(path)) << "who does not trust the authority is warned";
  httplib::SSLClient client("127.0.0.1", port);
  client.enable_server_certificate_verification(false);
  const auto let_in = client.Get(path);
  ASSERT_TRUE(let_in);
  EXPECT_EQ(let_in->status, 303);
  EXPECT_THAT(let_in->get_header_value("Set-Cookie"), HasSubstr("; Secure"));
  const std::string cookie = let_in->get_header_value("Set-Cookie");
  const std::string host = "127.0.0.1:" + std::to_string(port);
  httplib::Headers headers{{"Cookie", cookie.substr(0, cookie.find(';'))}, {"Origin", "https://" + host}};
  EXPECT_EQ(client.Get("/api/project", headers)->status, 200);
  headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"Origin", "http://" + host}};
  EXPECT_EQ(client.Get("/api/project", headers)->status, 403) << "a page that came without TLS is another's";
}

TEST(Studio, APhoneIsLetInOnceByTheCodeOnTheScreen) {
  const auto folder = TemporaryFolder::create();
  make_disc_project(folder->path() / "p", 2);
  Watch watch;
  studio::StudioArgs args;
  args.project = folder->path() / "p";
  args.address = "0.0.0.0";
  args.authority = folder->path() / "authority";
  const auto opened = studio::Studio::open(args, watch);
  ASSERT_TRUE(opened) << opened.error().what;
  const std::string url = (*opened)->url();
  const int port = std::stoi(url.substr(url.rfind(':', url.find('?')) + 1));
  httplib::SSLClient client("127.0.0.1", port);
  client.enable_server_certificate_verification(false);
  const std::string cookie = client.Get(url.substr(url.find("/?")))->get_header_value("Set-Cookie");
  const httplib::Headers page{{"Cookie", cookie.substr(0, cookie.find(';'))},
                              {"Origin", "https://127.0.0.1:" + std::to_string(port)}};
  const auto said = client.Post("/api/phone", page, "{}", "application/json");
  ASSERT_TRUE(said);
  ASSERT_EQ(said->status, 200) << said->body;
  const Json invitation = Json::parse(said->body);
  const std::string phones = invitation.at("url");
  EXPECT_TRUE(phones.starts_with(url.substr(0, url.find('?')))) << phones;
  EXPECT_TRUE(phones.ends_with("#/data?camera=1")) << phones;
  const size_t side = invitation.at("code").size();
  EXPECT_GE(side, 21u);
  for (const std::string row : invitation.at("code")) EXPECT_EQ(row.size(), side);
  const std::string door = phones.substr(phones.find("/?"), phones.find('#') - phones.find("/?"));
  EXPECT_EQ(client.Get(door)->status, 303);
  EXPECT_EQ(client.Get(door)->status, 401) << "whoever photographs the screen afterwards is late";
}

TEST(Studio, WithoutTlsBeyondLoopbackOnlyWhereThatIsWanted) {
  const auto folder = TemporaryFolder::create();
  make_disc_project(folder->path() / "p", 2);
  Watch watch;
  studio::StudioArgs args;
  args.project = folder->path() / "p";
  args.authority = folder->path() / "authority";
  args.address = "203.0.113.7";
  const auto refused = studio::Studio::open(args, watch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kUsage);
  EXPECT_FALSE(fs::exists(args.authority)) << "nothing is made for a wrong address";
  args.address = "0.0.0.0";
  args.insecure = true;
  const auto plain = studio::Studio::open(args, watch);
  ASSERT_TRUE(plain);
  EXPECT_TRUE((*plain)->url().starts_with("http://"));
  args.project = folder->path();
  EXPECT_FALSE(studio::Studio::open(args, watch)) << "there is no project";
}

TEST(Studio, WhereThePageIsNotBuiltItSaysHow) {
  const auto folder = TemporaryFolder::create();
  make_disc_project(folder->path() / "p", 2);
  Watch watch;
  studio::StudioArgs args;
  args.project = folder->path() / "p";
  args.page = folder->path() / "nothing";
  const auto opened = studio::Studio::open(args, watch);
  ASSERT_TRUE(opened);
  const std::string url = (*opened)->url();
  httplib::Client client(url.substr(0, url.find('/', 7)));
  const auto let_in = client.Get(url.substr(url.find("/?")));
  ASSERT_TRUE(let_in);
  const std::string cookie = let_in->get_header_value("Set-Cookie");
  const auto reply = client.Get("/", {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_THAT(reply->body, HasSubstr("apt install npm"));
}

}  // namespace
}  // namespace dew::testing
