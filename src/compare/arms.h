// Arms: what teaches each of the nets that are compared, beside the two label sets themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dew::compare {

/// People's labels with the other set's confusions at random: within each of people's classes, and each of
/// `stratum` (pictures that are taught together), the other set's labels are dealt out to other pictures. So
/// every confusion is as frequent as in `other`, and which picture it hits means nothing: whatever a net
/// learns from `other` beyond this comes from where it errs, not how often. A picture without a label in
/// either (negative) keeps `other`'s. All vectors have one entry a picture.
std::vector<int> matched_noise(const std::vector<int>& people, const std::vector<int>& other,
                               const std::vector<int>& stratum, uint64_t seed);

/// A part of `pictures`, class by class by `label` (at least one of each class), drawn by the seed. A larger
/// part of the same seed holds the smaller one. `share`: 0…1.
std::vector<std::size_t> part_of(const std::vector<std::size_t>& pictures, const std::vector<int>& label,
                                 double share, uint64_t seed);

/// `labels` with people's in the places `reviewed`, where there are any.
std::vector<int> reviewed_labels(std::vector<int> labels, const std::vector<int>& people,
                                 const std::vector<std::size_t>& reviewed);

}  // namespace dew::compare
