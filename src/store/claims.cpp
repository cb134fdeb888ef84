// The list of open questions, and which worker holds which. See claims.h.
#include "store/claims.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/backoff.h"
#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::Statement;
using store::Transaction;
using store::Writing;

template <typename Numbers>
std::string listed(const Numbers& numbers) {
  std::vector<std::string> parts;
  for (const int64_t number : numbers) parts.push_back(std::to_string(number));
  return join(parts);
}

/// "?, ?, ?" for three.
std::string marks(size_t count) {
  return join(std::vector<std::string>(count, "?"));
}

Result<double> spent_in(Database& database, const SharedBudget& budget) {
  DEW_TRY(Statement sum,
          database.prepare("SELECT coalesce(sum(cost_usd), 0.0) FROM bills WHERE prompt_hash IN (" +
                           marks(budget.prompt_hashes.size()) + ")"));
  for (const std::string& hash : budget.prompt_hashes) sum.bind(hash);
  DEW_TRY(const bool row, sum.step());
  return row ? sum.real(0) : 0;
}

/// "host/namespace:", the beginning of the names of this machine's workers. Empty where the namespace of
/// process ids cannot be told: a container may share the host's name, not its processes.
std::string machine_prefix() {
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::array<char, 64> link{};
  if (::readlink("/proc/self/ns/pid", link.data(), link.size() - 1) <= 0) return {};
  std::string space;
  for (const char c : std::string_view(link.data()))
    if (c >= '0' && c <= '9') space += c;
  return fmt::format("{}/{}:", host.data(), space);
}

/// Whether the name is that of a process of this machine that has ended.
bool is_dead(std::string_view worker, std::string_view machine) {
  if (machine.empty() || !worker.starts_with(machine)) return false;
  const std::string_view rest = worker.substr(machine.size());
  pid_t process = 0;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), process);
  if (code != std::errc() || end == rest.data() + rest.size() || *end != ':' || process <= 0) return false;
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

Result<int64_t> held_by_anybody(Database& database) {
  return database.integer("SELECT count(*) FROM claims WHERE until >= now_ms()");
}

}  // namespace

struct Claims::Inside {
  Settings settings;
  Database database;
  Claimable what;
  std::string worker;
  int64_t lease;                                   ///< milliseconds
  std::set<std::pair<size_t, int64_t>> held = {};  ///< prompt and sample, as far as this object knows
};

Claims::Claims(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Claims::Claims(Claims&&) noexcept = default;
Claims::~Claims() = default;

Result<Claims> Claims::open(const fs::path& project, Claimable what, std::string worker,
                            std::chrono::milliseconds lease) {
  DEW_TRY(Settings settings, store::read_settings(project));
  DEW_TRY(Database database, store::open_database(project, settings));
  return Claims(std::make_unique<Inside>(
      Inside{std::move(settings), std::move(database), std::move(what), std::move(worker), lease.count()}));
}

std::string Claims::new_worker_name() {
  const std::string machine = machine_prefix();
  std::random_device dice;
  return fmt::format("{}{}:{:08x}", machine.empty() ? "?:" : machine, ::getpid(), dice());
}

Result<void> Claims::list(const std::vector<int64_t>& left_out) {
  Database& database = inside_->database;
  const std::string beyond = left_out.empty() ? "" : " OR sample IN (" + listed(left_out) + ")";
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(
      Statement strike,
      database.prepare("DELETE FROM claims WHERE teacher = ? AND model = ? AND prompt_hash = ? AND (EXISTS "
                       "(SELECT 1 FROM answers AS a WHERE a.sample = claims.sample AND a.teacher = "
                       "claims.teacher AND a.model = claims.model AND a.prompt_hash = claims.prompt_hash) OR "
                       "EXISTS (SELECT 1 FROM spreads AS p WHERE p.sample = claims.sample)" +
                       beyond + ")"));
  DEW_TRY(Statement add,
          database.prepare(
              "INSERT INTO claims (teacher, model, prompt_hash, sample, worker, until) "
              "SELECT ?, ?, ?, s.id, '', 0 FROM samples AS s WHERE NOT EXISTS (SELECT 1 FROM "
              "answers AS a WHERE a.sample = s.id AND a.teacher = ? AND a.model = ? AND "
              "a.prompt_hash = ?) AND NOT EXISTS (SELECT 1 FROM spreads AS p WHERE p.sample = s.id)" +
              (left_out.empty() ? "" : " AND s.id NOT IN (" + listed(left_out) + ")") +
              " ON CONFLICT DO NOTHING"));
  for (const std::string& hash : inside_->what.prompt_hashes) {
    strike.bind(inside_->what.teacher).bind(inside_->what.model).bind(hash);
    DEW_CHECK(strike.run());
    add.bind(inside_->what.teacher).bind(inside_->what.model).bind(hash);
    add.bind(inside_->what.teacher).bind(inside_->what.model).bind(hash);
    DEW_CHECK(add.run());
  }
  DEW_CHECK(transaction.commit());
  // Without statistics about a fresh list, the database sorts all of it for each claim instead of reading its
  // beginning.
  return database.run("ANALYZE claims");
}

Result<std::vector<Claim>> Claims::take(size_t most, const std::optional<SharedBudget>& budget) {
  auto taken = try_to_take(most, budget);
  if (!taken && inside_->database.lost()) {
    // Whether the commit arrived is not known. If it did, this worker holds claims that it does not know of.
    taken = forgotten();
    if (taken && taken->empty()) taken = try_to_take(most, budget);
  }
  if (taken)
    for (const Claim& claim : *taken) inside_->held.emplace(claim.prompt, claim.sample);
  return taken;
}

Result<std::vector<Claim>> Claims::forgotten() {
  std::vector<Claim> found;
  for (size_t prompt = 0; prompt < inside_->what.prompt_hashes.size(); ++prompt) {
    DEW_TRY(Statement query,
            inside_->database.prepare(
                "SELECT sample FROM claims WHERE prompt_hash = ? AND teacher = ? AND model = ? "
                "AND worker = ? ORDER BY sample"));
    query.bind(inside_->what.prompt_hashes[prompt]).bind(inside_->what.teacher);
    query.bind(inside_->what.model).bind(inside_->worker);
    while (true) {
      DEW_TRY(const bool row, query.step());
      if (!row) break;
      if (inside_->held.count({prompt, query.integer(0)}) == 0) found.push_back({query.integer(0), prompt});
    }
  }
  return found;
}

Result<std::vector<Claim>> Claims::try_to_take(size_t most, const std::optional<SharedBudget>& budget) {
  Database& database = inside_->database;
  // With a budget, nobody else may claim between the sum and the claim.
  DEW_TRY(Transaction transaction, Transaction::begin(database, budget ? Writing::kAlone : Writing::kBeside));
  if (budget) {
    DEW_TRY(const double spent, spent_in(database, *budget));
    DEW_TRY(const int64_t held, held_by_anybody(database));
    const double affordable =
        (budget->usd - spent) / std::max(budget->each_usd, 1e-12) - static_cast<double>(held);
    if (affordable < static_cast<double>(most)) most = affordable < 1 ? 0 : static_cast<size_t>(affordable);
  }
  std::vector<Claim> taken;
  if (most == 0) return taken;
  for (size_t prompt = 0; prompt < inside_->what.prompt_hashes.size() && taken.size() < most; ++prompt) {
    // The limit is part of the text: PostgreSQL assumes that a parameter means a tenth of the table, and
    // reads all of it.
    DEW_TRY(Statement claim,
            database.prepare(
                "WITH open AS MATERIALIZED (SELECT sample FROM claims WHERE prompt_hash = ?1 AND teacher = "
                "?2 AND "
                "model = ?3 AND until < now_ms() AND worker <> ?4 ORDER BY until, sample LIMIT " +
                std::to_string(most - taken.size()) +
                " FOR UPDATE SKIP LOCKED) UPDATE claims SET worker = ?4, until = now_ms() + ?5 WHERE "
                "prompt_hash = ?1 "
                "AND teacher = ?2 AND model = ?3 AND sample IN (SELECT sample FROM open) RETURNING sample"));
    claim.bind(inside_->what.prompt_hashes[prompt])
        .bind(inside_->what.teacher)
        .bind(inside_->what.model)
        .bind(inside_->worker);
    claim.bind(inside_->lease);
    const size_t before = taken.size();
    while (true) {
      DEW_TRY(const bool row, claim.step());
      if (!row) break;
      taken.push_back({claim.integer(0), prompt});
    }
    // Neighbouring frames of a video are read in one pass.
    std::sort(taken.begin() + static_cast<std::ptrdiff_t>(before), taken.end(),
              [](const Claim& a, const Claim& b) { return a.sample < b.sample; });
  }
  DEW_CHECK(transaction.commit());
  return taken;
}

Result<Claims::Share> Claims::take_these(const std::vector<Claim>& wanted, Unlisted unlisted) {
  auto share = try_to_take_these(wanted, unlisted);
  // Whether the commit arrived is not known. What it claimed counts as free for this worker the second time.
  if (!share && inside_->database.lost()) share = try_to_take_these(wanted, unlisted);
  if (share)
    for (const Claim& claim : share->ours) inside_->held.emplace(claim.prompt, claim.sample);
  return share;
}

Result<Claims::Share> Claims::try_to_take_these(const std::vector<Claim>& wanted, Unlisted unlisted) {
  Share share;
  if (wanted.empty()) return share;
  Database& database = inside_->database;
  std::map<size_t, std::vector<int64_t>> by_prompt;
  for (const Claim& claim : wanted) by_prompt[claim.prompt].push_back(claim.sample);
  std::set<std::pair<size_t, int64_t>> ours;
  std::set<std::pair<size_t, int64_t>> elsewhere;
  // Alone, so that two workers never wait for each other's rows.
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  for (const auto& [prompt, samples] : by_prompt) {
    const std::string& hash = inside_->what.prompt_hashes.at(prompt);
    const auto for_each_row = [&](Statement& rows, auto&& take) -> Result<void> {
      while (true) {
        DEW_TRY(const bool row, rows.step());
        if (!row) return {};
        take(rows.integer(0));
      }
    };
    if (unlisted == Unlisted::kAdd) {
      DEW_TRY(
          Statement add,
          database.prepare("INSERT INTO claims (teacher, model, prompt_hash, sample, worker, until) "
                           "SELECT ?, ?, ?, s.id, '', 0 FROM samples AS s WHERE s.id IN (" +
                           listed(samples) +
                           ") AND NOT EXISTS (SELECT 1 FROM answers AS a WHERE a.sample = s.id AND "
                           "a.teacher = ? AND a.model = ? AND a.prompt_hash = ?) ON CONFLICT DO NOTHING"));
      add.bind(inside_->what.teacher).bind(inside_->what.model).bind(hash);
      add.bind(inside_->what.teacher).bind(inside_->what.model).bind(hash);
      DEW_CHECK(add.run());
    }
    DEW_TRY(Statement claim,
            database.prepare(
                "UPDATE claims SET worker = ?1, until = now_ms() + ?2 WHERE prompt_hash = ?3 AND teacher = "
                "?4 AND model = ?5 AND (until < now_ms() OR worker = ?1) AND NOT EXISTS (SELECT 1 FROM "
                "answers AS a WHERE a.sample = claims.sample AND a.teacher = ?4 AND a.model = ?5 AND "
                "a.prompt_hash = ?3) AND sample IN (" +
                listed(samples) + ") RETURNING sample"));
    claim.bind(inside_->worker).bind(inside_->lease).bind(hash);
    claim.bind(inside_->what.teacher).bind(inside_->what.model);
    DEW_CHECK(for_each_row(claim, [&, p = prompt](int64_t sample) { ours.emplace(p, sample); }));
    DEW_TRY(Statement others,
            database.prepare("SELECT sample FROM claims WHERE prompt_hash = ? AND teacher = ? AND model = ? "
                             "AND worker <> ? AND until >= now_ms() AND sample IN (" +
                             listed(samples) + ")"));
    others.bind(hash).bind(inside_->what.teacher).bind(inside_->what.model).bind(inside_->worker);
    DEW_CHECK(for_each_row(others, [&, p = prompt](int64_t sample) { elsewhere.emplace(p, sample); }));
  }
  DEW_CHECK(transaction.commit());
  for (const Claim& claim : wanted) {
    const std::pair<size_t, int64_t> key(claim.prompt, claim.sample);
    if (ours.count(key) != 0) share.ours.push_back(claim);
    if (elsewhere.count(key) != 0) share.elsewhere.push_back(claim);
  }
  return share;
}

Result<int64_t> Claims::release_dead() {
  Database& database = inside_->database;
  const std::string machine = machine_prefix();
  std::vector<std::string> dead;
  {
    DEW_TRY(Statement workers, database.prepare("SELECT DISTINCT worker FROM claims WHERE until > 0"));
    while (true) {
      DEW_TRY(const bool row, workers.step());
      if (!row) break;
      if (is_dead(workers.text(0), machine)) dead.push_back(workers.text(0));
    }
  }
  int64_t released = 0;
  if (dead.empty()) return released;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement release, database.prepare("UPDATE claims SET until = 0, worker = '' WHERE worker = ?"));
  for (const std::string& worker : dead) {
    release.bind(worker);
    DEW_CHECK(release.run());
    released += database.changes();
  }
  DEW_CHECK(transaction.commit());
  return released;
}

Result<void> Claims::renew() {
  Database& database = inside_->database;
  // Alone, so that two workers never wait for each other's rows.
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement again, database.prepare("UPDATE claims SET until = now_ms() + ? WHERE worker = ?"));
  again.bind(inside_->lease).bind(inside_->worker);
  DEW_CHECK(again.run());
  return transaction.commit();
}

Result<void> Claims::strike() {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement strike, database.prepare("DELETE FROM claims WHERE worker = ?"));
  strike.bind(inside_->worker);
  DEW_CHECK(strike.run());
  return transaction.commit();
}

Result<void> Claims::give_back() {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement back, database.prepare("UPDATE claims SET until = 0, worker = '' WHERE worker = ?"));
  back.bind(inside_->worker);
  DEW_CHECK(back.run());
  return transaction.commit();
}

namespace {

/// Ends the claims that are still the worker's, and returns them.
Result<std::set<std::pair<std::string, int64_t>>> end_claims(
    Database& database, const Claimable& what, const std::string& worker,
    const std::map<std::string, std::vector<int64_t>>& by_prompt) {
  std::set<std::pair<std::string, int64_t>> ours;
  for (const auto& [hash, samples] : by_prompt) {
    DEW_TRY(Statement end,
            database.prepare(
                "DELETE FROM claims WHERE prompt_hash = ? AND teacher = ? AND model = ? AND worker = ? "
                "AND sample IN (" +
                listed(samples) + ") RETURNING sample"));
    end.bind(hash).bind(what.teacher).bind(what.model).bind(worker);
    while (true) {
      DEW_TRY(const bool row, end.step());
      if (!row) break;
      ours.emplace(hash, end.integer(0));
    }
  }
  return ours;
}

}  // namespace

Result<int64_t> Claims::keep(const std::vector<Answer>& answers, const Bill& bill) {
  std::map<std::string, std::vector<int64_t>> by_prompt;
  for (const Answer& answer : answers) {
    DEW_CHECK(store::check_answer(answer, inside_->settings));
    by_prompt[answer.prompt_hash].push_back(answer.sample);
  }

  Database& database = inside_->database;
  const auto attempt = [&]() -> Result<int64_t> {
    DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kBeside));
    DEW_TRY(const auto ours, end_claims(database, inside_->what, inside_->worker, by_prompt));
    std::vector<Answer> kept;
    for (const Answer& answer : answers)
      if (ours.count({answer.prompt_hash, answer.sample}) != 0) kept.push_back(answer);
    DEW_CHECK(store::insert_answers(database, kept));
    DEW_CHECK(store::update_bill(database, bill));
    DEW_CHECK(transaction.commit());
    return static_cast<int64_t>(answers.size() - kept.size());
  };
  // The answers are paid for, so a broken connection is opened again. If only the commit's confirmation was
  // lost, the claims are gone and nothing is written twice.
  constexpr int kTries = 6;
  constexpr Backoff kPauses{std::chrono::milliseconds(250)};
  for (int tried = 1;; ++tried) {
    auto kept = attempt();
    if (kept)
      for (const auto& [hash, samples] : by_prompt) {
        const auto& hashes = inside_->what.prompt_hashes;
        const auto prompt =
            static_cast<size_t>(std::find(hashes.begin(), hashes.end(), hash) - hashes.begin());
        for (const int64_t sample : samples) inside_->held.erase({prompt, sample});
      }
    if (kept || !database.lost() || tried == kTries) return kept;
    std::this_thread::sleep_for(pause_after(kPauses, tried, random_chance()()));
  }
}

Result<Claims::Left> Claims::left() const {
  Database& database = inside_->database;
  DEW_TRY(Statement count,
          database.prepare(
              "SELECT count(*), coalesce(sum(CASE WHEN until >= now_ms() AND worker <> ? THEN 1 ELSE 0 "
              "END), 0) FROM claims WHERE teacher = ? AND model = ? AND prompt_hash IN (" +
              marks(inside_->what.prompt_hashes.size()) + ")"));
  count.bind(inside_->worker).bind(inside_->what.teacher).bind(inside_->what.model);
  for (const std::string& hash : inside_->what.prompt_hashes) count.bind(hash);
  DEW_TRY([[maybe_unused]] const bool row, count.step());
  const int64_t elsewhere = count.integer(1);
  return Left{count.integer(0) - elsewhere, elsewhere};
}

Result<double> Claims::spent(const SharedBudget& budget) const {
  return spent_in(inside_->database, budget);
}

}  // namespace dew
