// Small text helpers that more than one room needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dew {

/// "a, b, c" from {a, b, c}.
std::string join(const std::vector<std::string>& parts, std::string_view between = ", ");

/// {a, b} from "a,b"; surrounding blanks go, empty parts too.
std::vector<std::string> split_list(std::string_view text, char separator = ',');

/// Without blanks at both ends.
std::string trim(std::string_view text);

std::string lower(std::string_view text);  ///< ASCII letters only
std::string upper(std::string_view text);  ///< ASCII letters only

/// Bytes of the UTF-8 sequence that begins `text` (RFC 3629: no overlong form, no surrogate, nothing past
/// U+10FFFF); 0 where there is none.
size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

/// C0 and DEL: line breaks, tabs, escapes.
bool has_control(std::string_view text);

/// With accents composed (Unicode's NFC), the form in which names are compared: macOS writes them decomposed.
/// Bytes that are not UTF-8 stay as they are.
std::string composed(std::string_view text);

/// 138240 -> "138,240".
std::string with_commas(int64_t value);

/// "1 picture", "1,200 pictures".
std::string plural(int64_t count, std::string_view one, std::string_view many);

/// What may go to a terminal: control characters become \xNN, at most `limit` bytes with "..." after.
std::string printable(std::string_view text, size_t limit = 200);

/// As a word for a POSIX shell: in quotation marks where it needs them.
std::string shell_quoted(std::string_view text);

/// Base64 (RFC 4648, with padding).
std::string base64(std::string_view bytes);
/// The bytes again; nullopt: not what base64() gives.
std::optional<std::string> from_base64(std::string_view text);

/// Levenshtein's distance in bytes: insertions, deletions and substitutions.
size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate within two edits (Levenshtein) of `word`, for "did you mean"; empty where none is near.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dew
