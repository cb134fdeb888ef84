// Dewdrop's own form: samples.jsonl holds everything about every sample, one JSON object a line.
//
//     {"dewdrop":"samples","version":1,"name":"birds","question":"Which bird?","classes":["tit","robin"],
//      "unsure":"unsure"}                                                               (one line)
//     {"file":"images/a.jpg","sample":"a.jpg","split":"train",
//      "label":{"class":"tit","origin":"human","by":"ada","at":"2026-01-02T03:04:05Z","was":"tit"},
//      "answers":[{"teacher":"openai","model":"gpt-4o","prompt_hash":"...","class":"tit","confidence":0.9,
//                  "reason":"...","tokens_in":100,"tokens_out":9,"cost_usd":0.0004,"at":"...","raw":"..."}]}
//
// "label" is null where nobody decided; its class is null where the sample was set aside. Its "was" repeats
// the class: where they differ, somebody changed the label later on, and it is no longer of "by".
// "raw_base64" stands for "raw" where that is not UTF-8. "split", "confidence" and everything else about an
// answer but its teacher, model, prompt and class may be absent. A reader passes over keys that it does not
// know; a change that it would misread raises the version.
#pragma once

#include <string_view>

namespace dew::exchange {

constexpr int kJsonlVersion = 1;
constexpr std::string_view kJsonlBegins = R"({"dewdrop":"samples","version":)";

}  // namespace dew::exchange
