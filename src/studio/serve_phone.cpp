// A phone as a camera: its browser opens this studio's page at the recorder.
#include <httplib.h>

#include "studio/workplace.h"
#include "verbs/phone/qr_code.h"

namespace dew::studio {
namespace {

/// {"url", "code"}: an address that is good for one phone, and its QR code as rows of modules, '1' for dark.
Reply<Json> invite(const Guard& guard, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  if (!guard.lets_phones_in())
    return refuse(409, "phones cannot reach this studio by https, without which browsers give no camera",
                  guard.plain_url(), "end it, and start it with: dewdrop studio --listen 0.0.0.0");
  DEW_TRY(std::string url, guard.opening_url());
  url += "#/data?camera=1";
  return Json{{"url", url}, {"code", verbs::qr_modules(url)}};
}

}  // namespace

void serve_phone(Server& server, Workplace&) {
  server.post("/api/phone", 200,
              [&server](const httplib::Request&, const Json& body) { return invite(server.guard(), body); });
}

}  // namespace dew::studio
