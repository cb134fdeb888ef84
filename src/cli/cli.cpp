// The verbs' options and help; one function a verb, each ending in a call of its verb_*().
#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "cli/console.h"
#include "cli/verbs.h"

namespace dew {
namespace {

/// What the chosen verb will do, once parsing is over.
using Work = std::function<Result<Json>(Console&)>;

struct Program {
  CLI::App app{"From unlabelled pictures and one question to a neural net on a microcontroller.", "dewdrop"};
  bool json = false;
  fs::path project = ".";
  Work work;
};

/// A subcommand with --json, its examples, and its work.
CLI::App* verb(Program& program, const std::string& name, const std::string& help,
               const std::string& examples, Work work) {
  CLI::App* sub = program.app.add_subcommand(name, help);
  sub->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  sub->footer("Examples:\n" + examples);
  sub->callback([&program, work = std::move(work)] { program.work = work; });
  return sub;
}

void project_option(CLI::App* sub, Program& program) {
  sub->add_option("-C,--project", program.project, "folder of the project")->default_str(".");
}

void model_options(CLI::App* sub, ModelArgs& args) {
  sub->add_option("--rounding", args.rounding,
                  "dew (default) or tflite (to the bit as TensorFlow Lite Micro)");
  sub->add_option("--schedule", args.schedule, "rows or layers");
  sub->add_option("--isa", args.isa, "kernels: generic, arm-dsp, helium or lanes; default: the core's own");
  sub->add_option("--classes", args.classes, "names of the outputs, comma separated")->delimiter(',');
  sub->add_option("--symbol", args.symbol, "name in the C code: dew_<symbol>_run()");
}

void add_new(Program& program) {
  auto args = std::make_shared<NewArgs>();
  CLI::App* sub = verb(
      program, "new", "Make a project around a question.",
      "  dewdrop new person --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure\n"
      "  dewdrop new bird --ask \"Which bird is this?\" --classes tit,robin,none --teacher openai:gpt-4o\n",
      [args](Console& console) { return verb_new(*args, console); });
  Settings& settings = args->settings;
  sub->add_option("folder", args->folder, "where; its last part is the project's name")->required();
  sub->add_option("--ask", settings.question, "the question, in plain words")->required();
  sub->add_option("--classes", settings.classes, "the possible answers, comma separated")
      ->delimiter(',')
      ->required();
  sub->add_option("--unsure", settings.unsure, "an answer that sets the picture aside");
  sub->add_option("--teacher", settings.teacher.all, "openai:MODEL, http://HOST:PORT/v1#MODEL or replay:FILE")
      ->allow_extra_args(false)
      ->take_all();
  sub->add_option("--store", settings.store,
                  "postgresql://USER@HOST/NAME: a database for many machines, instead of .dewdrop");
  sub->add_option("--media", settings.media,
                  "a folder for the pictures that all machines see, or s3://BUCKET/PREFIX; instead of "
                  ".dewdrop");
  sub->add_option("--media-endpoint", settings.media_endpoint,
                  "the bucket's server; default: AWS_ENDPOINT_URL, or Amazon's");
  sub->add_option("--media-region", settings.media_region,
                  "the bucket's region; default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1");
  sub->add_option("--alpha", settings.alpha, "width of the MobileNetV2")->capture_default_str();
  sub->add_option("--input", settings.input, "pixels of its square input")->capture_default_str();
  sub->add_option("--epochs", settings.epochs, "passes over the pictures")->capture_default_str();
  sub->add_option("--seed", settings.seed, "the same seed gives the same net")->capture_default_str();
  sub->add_option("--board", settings.board, "where the net will run")->capture_default_str();
}

Result<void> parse_tiles(const std::string& text, Cut& cut) {
  int columns = 0;
  int rows = 0;
  char end = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &columns, &rows, &end) != 2 || columns < 1 || rows < 1 ||
      columns > 64 || rows > 64)
    return usage_error("'" + printable(text) + "' is no grid", "--tiles",
                       "give columns x rows, for example 4x3");
  cut.columns = columns;
  cut.rows = rows;
  return {};
}

void add_add(Program& program) {
  auto args = std::make_shared<AddArgs>();
  auto grid = std::make_shared<std::string>("1x1");
  CLI::App* sub = verb(program, "add", "Add pictures, folders of pictures, or videos.",
                       "  dewdrop add vtest.avi --every 15 --tiles 4x3\n"
                       "  dewdrop add ~/pictures --in-place\n",
                       [args, grid, &program](Console& console) -> Result<Json> {
                         args->project = program.project;
                         DEW_CHECK(parse_tiles(*grid, args->cut));
                         return verb_add(*args, console);
                       });
  project_option(sub, program);
  sub->add_option("files", args->files, "files or folders")->required();
  sub->add_option("--every", args->cut.every, "each n-th frame of a video")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  sub->add_option("--tiles", *grid, "cut each picture into columns x rows tiles")->capture_default_str();
  sub->add_flag("--in-place", args->cut.in_place,
                "refer to the files where they are instead of copying them");
}

/// An option of a verb that goes before the same key of dewdrop.toml.
template <typename Value, typename Args, typename Field>
CLI::Option* setting(CLI::App* sub, const std::shared_ptr<Args>& args, const std::string& name,
                     Field Settings::*field, const std::string& help) {
  return sub->add_option_function<Value>(
      name,
      [args, field](const Value& value) {
        args->changes.emplace_back([field, value](Settings& settings) { settings.*field = value; });
      },
      help);
}

/// What of a question dewdrop.toml has under [label].
void label_settings(CLI::App* sub, const std::shared_ptr<LabelArgs>& args) {
  setting<int>(sub, args, "--votes", &Settings::votes,
               "answers of each teacher to the same question; their agreement gives labels a confidence")
      ->check(CLI::Range(1, 99));
  setting<double>(sub, args, "--temperature", &Settings::temperature,
                  "of the model's choice of words; 0: the likeliest. Default: 0, with votes 0.7")
      ->check(CLI::Range(0.0, 2.0));
  setting<int64_t>(sub, args, "--seed", &Settings::vote_seed,
                   "of the model's dice, where the server has one");
  setting<std::string>(sub, args, "--detail", &Settings::detail,
                       "of the picture for the model: low, high or auto")
      ->check(CLI::IsMember({"low", "high", "auto"}));
  setting<std::string>(sub, args, "--instructions", &Settings::instructions, "in words, beside the question");
  setting<int>(sub, args, "--examples", &Settings::examples,
               "pictures that people labelled, shown before each question")
      ->check(CLI::Range(0, 50));
  setting<std::string>(sub, args, "--context", &Settings::context,
                       "shown beside a tile: none, frame, or around (it and its neighbours)")
      ->check(CLI::IsMember({"none", "frame", "around"}));
  setting<int>(sub, args, "--jpeg-size", &Settings::jpeg_size,
               "the longer side of a sent picture at most, pixels")
      ->check(CLI::Range(16, 8192));
  setting<int>(sub, args, "--jpeg-quality", &Settings::jpeg_quality, "1 to 100")->check(CLI::Range(1, 100));
  setting<std::string>(
      sub, args, "--spread", &Settings::spread,
      "one of several near-identical frames is asked, the others take its label: on, off, auto")
      ->check(CLI::IsMember({"on", "off", "auto"}));
  setting<int>(sub, args, "--spread-bits", &Settings::spread_bits,
               "of 64 that may differ between such frames' hashes")
      ->check(CLI::Range(0, 32));
  setting<double>(sub, args, "--spread-seconds", &Settings::spread_seconds, "between such frames at most")
      ->check(CLI::NonNegativeNumber);
}

/// How a server is spoken to, and what may be spent.
void server_options(CLI::App* sub, const std::shared_ptr<LabelArgs>& args) {
  TeacherOptions& options = args->options;
  const auto duration = [sub](const std::string& name, std::chrono::milliseconds& into, double least,
                              const std::string& help) {
    sub->add_option_function<double>(
           name,
           [&into](double seconds) {
             into = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
           },
           help)
        ->check(CLI::Range(least, 3600.0));
  };
  sub->add_option("--base-url", options.base_url,
                  "of an API that speaks OpenAI's, instead of api.openai.com");
  sub->add_option("--concurrency", options.concurrency, "questions in flight")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  sub->add_option("--retries", options.retries, "after a failed try")
      ->capture_default_str()
      ->check(CLI::Range(0, 20));
  sub->add_option("--give-up", options.give_up, "failures in a row after which the server counts as down")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  duration("--timeout", options.timeout, 0.1, "seconds for one answer; default: 60");
  sub->add_option("--budget", options.budget_usd, "US dollars: no question starts that could cost more")
      ->check(CLI::PositiveNumber);
  sub->add_option("--prices", options.prices, "a price file; default: prices.toml in the project");
  sub->add_option("--batch-requests", options.batch_requests, "in one file for the Batch API, at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 50'000));
  duration("--poll", options.poll, 0.01, "seconds between two looks at a batch; default: 30");
}

void add_label(Program& program) {
  auto args = std::make_shared<LabelArgs>();
  CLI::App* sub =
      verb(program, "label", "Ask a large model about every sample that has no answer yet.",
           "  OPENAI_API_KEY=... dewdrop label --teacher openai:gpt-4o\n"
           "  dewdrop label --teacher http://127.0.0.1:8080/v1#llava     # llama.cpp, Ollama, vLLM ...\n"
           "  dewdrop label --teacher replay:answers.jsonl\n"
           "  dewdrop label --teacher openai:gpt-4o --sample 20 --dry-run    # what it asks and costs; sends "
           "nothing\n"
           "  dewdrop label --teacher openai:gpt-4o --detail low --budget 2.00\n"
           "  dewdrop label --teacher openai:gpt-4o --votes 3                # three answers each\n"
           "  dewdrop label --teacher openai:gpt-4o --teacher openai:gpt-4o-mini\n"
           "  dewdrop label --gold --instructions \"Rings are no discs.\"         # is this prompt better?\n"
           "  dewdrop label --worker                                         # one of several, on any "
           "machines\n"
           "  dewdrop label --bill                                           # what was spent so far\n"
           "Run again after failures or Ctrl-C: only what is missing is asked.\n"
           "[label] in dewdrop.toml keeps options for good; the command line goes before.\n",
           [args, &program](Console& console) {
             args->project = program.project;
             return verb_label(*args, console);
           });
  project_option(sub, program);
  sub->add_option("--teacher", args->teachers,
                  "openai:MODEL, batch:MODEL, azure:DEPLOYMENT, http://HOST:PORT/v1#MODEL, replay:FILE or "
                  "student:RUN; several times for several")
      ->allow_extra_args(false)
      ->take_all();
  label_settings(sub, args);
  server_options(sub, args);
  sub->add_option("--limit", args->limit, "samples at most")->check(CLI::PositiveNumber);
  sub->add_option("--sample", args->sample, "so many samples, drawn at random")->check(CLI::PositiveNumber);
  sub->add_flag("--worker", args->worker,
                "share the asking with other workers, here or on other machines (docs/many-machines.md)");
  sub->add_option_function<double>(
         "--lease",
         [args](double value) {
           args->lease = std::chrono::milliseconds(static_cast<int64_t>(value * 1000));
         },
         "seconds after which others take what a silent worker has; default: 60")
      ->check(CLI::Range(1.0, 86'400.0));
  sub->add_flag("--dry-run", args->dry_run, "show prompt, samples and cost; send nothing");
  sub->add_flag("--gold", args->gold,
                "ask about the samples that people labelled, and score this prompt and all earlier ones");
  sub->add_flag("--bill", args->bill_only, "show what was spent so far, by teacher and by run");
}

void add_review(Program& program) {
  auto args = std::make_shared<ReviewArgs>();
  CLI::App* sub = verb(program, "review", "Look at labels, the most suspicious first; your decisions stand.",
                       "  dewdrop review                             # a key a decision\n"
                       "  dewdrop review --list 20\n"
                       "  dewdrop review --split test --limit 100\n"
                       "  dewdrop review --import labels.csv        # street.jpg,yes\n"
                       "  dewdrop review --score labels.csv         # how many wrong labels it finds\n"
                       "Stop whenever you like: every decision is kept at once, and the next run goes on.\n",
                       [args, &program](Console& console) {
                         args->project = program.project;
                         return verb_review(*args, console);
                       });
  project_option(sub, program);
  CLI::Option* list = sub->add_option("--list", args->list, "print so many of the ranking; ask nothing");
  list->check(CLI::PositiveNumber);
  sub->add_option("--limit", args->limit, "samples to ask about at most")->check(CLI::PositiveNumber);
  sub->add_option("--split", args->split, "train, validation or test: these samples only")
      ->check(CLI::IsMember({"train", "validation", "test"}));
  sub->add_option("--again", args->again,
                  "decisions after which the rest is ranked anew, with what they taught; 0: never")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  sub->add_option(
      "--backbone", args->backbone,
      "whose features the classifier reads: bundled, random, an imported one's name, or a file; an int8 "
      "classifier (.tflite) serves as well");
  sub->add_option("--input", args->input, "pixels of its square input, a multiple of 32")
      ->capture_default_str()
      ->check(CLI::Range(32, 512));
  sub->add_option("--picture", args->picture,
                  "where the picture in question is written; default: .dewdrop/review.png in the project");
  sub->add_option("--by", args->by, "who decides; default: the name of the user");
  CLI::Option* import_file =
      sub->add_option("--import", args->import_file,
                      "labels by people: a CSV file of sample or file name and class, all or none of it");
  sub->add_option("--score", args->score,
                  "a file as for --import: how many of the labels that it contradicts the ranking finds")
      ->excludes(import_file)
      ->excludes(list);
  list->excludes(import_file);
}

void add_train(Program& program) {
  auto args = std::make_shared<TrainArgs>();
  CLI::App* sub = verb(program, "train", "Train a small net on the labels and turn it into int8.",
                       "  dewdrop train\n"
                       "  dewdrop train --epochs 100 --seed 7\n"
                       "  dewdrop train --backbone bundled     # see dewdrop backbone list\n"
                       "  dewdrop train --ram 64K --flash 512K # the best net that fits the board\n"
                       "Run again after Ctrl-C: it goes on with the epoch it was in.\n",
                       [args, &program](Console& console) {
                         args->project = program.project;
                         return verb_train(*args, console);
                       });
  project_option(sub, program);
  const auto limit = [sub](const char* name, std::optional<int64_t>& value, const char* help,
                           const std::map<std::string, int64_t>& units) {
    sub->add_option(name, value, help)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_INSENSITIVE))
        ->check(CLI::PositiveNumber);
  };
  const std::map<std::string, int64_t> bytes = {
      {"K", 1 << 10}, {"KB", 1 << 10}, {"M", 1 << 20}, {"MB", 1 << 20}};
  limit("--ram", args->limits.ram_bytes,
        "search for the best net whose RAM (image and stack included) is at most this: 64K", bytes);
  limit("--flash", args->limits.flash_bytes, "... whose flash is at most this: 512K", bytes);
  limit("--instructions", args->limits.instructions, "... that takes at most so many an inference: 20M",
        {{"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}});
  setting<std::string>(sub, args, "--net", &Settings::net,
                       "mobilenet_v2, mobilenet_v1 or tiny; this and all below: default dewdrop.toml");
  setting<double>(sub, args, "--alpha", &Settings::alpha, "width");
  setting<int>(sub, args, "--input", &Settings::input, "pixels of the square input, a multiple of 16");
  setting<int>(sub, args, "--head", &Settings::head, "channels of mobilenet_v2's last convolution; 0: 1280");
  setting<int>(sub, args, "--blocks", &Settings::blocks, "how many of mobilenet_v2's 17 blocks; 0: all");
  setting<int>(sub, args, "--epochs", &Settings::epochs,
               "passes over the training pictures; 0: 60 from nothing, 30 from a backbone");
  setting<uint64_t>(sub, args, "--seed", &Settings::seed, "the same seed gives the same net");
  setting<std::string>(sub, args, "--backbone", &Settings::backbone,
                       "what the net starts from: bundled, random, an imported one's name or a file");
}

/// dewdrop backbone train, the one that makes something.
CLI::App* add_backbone_train(CLI::App* sub, const std::shared_ptr<BackboneTrainArgs>& args) {
  CLI::App* train = sub->add_subcommand("train", "make one from unlabelled pictures and a larger int8 net");
  train->add_option("pictures", args->pictures, "files, or folders of them")->required();
  train->add_option("--teacher", args->teacher, "an int8 .tflite that classifies pictures")->required();
  train->add_option("-o,--out", args->out, "file of the backbone")->required();
  train->add_option("--work", args->work, "folder of lessons and checkpoints: a broken run goes on")
      ->required();
  train->add_option("--name", args->name, "default: the file's");
  train->add_option("--alpha", args->settings.alpha, "width")->capture_default_str();
  train->add_option("--from", args->settings.from,
                    "file of a backbone to start from; default: random weights");
  train->add_option("--stages", args->stages, "pixels x epochs, comma separated")->capture_default_str();
  train->add_option("--views", args->views, "crops of each picture, the whole one included")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  train->add_option("--seed", args->settings.seed, "the same seed gives the same backbone")
      ->capture_default_str();
  return train;
}

void add_backbone(Program& program) {
  auto args = std::make_shared<BackboneArgs>();
  auto training = std::make_shared<BackboneTrainArgs>();
  CLI::App* sub = verb(program, "backbone", "Nets that trainings start from: list them, or get more.",
                       "  dewdrop backbone list\n"
                       "  dewdrop backbone import mobilenet_v2_0.35_128.h5 --name imagenet\n"
                       "  dewdrop backbone pull https://example.org/mobilenet_v2.h5 --sha256 0123abcd...\n"
                       "  dewdrop backbone train pictures/ --teacher net.tflite --work work/ -o mine.dewb\n"
                       "  dewdrop train --backbone imagenet\n",
                       [args, training](Console& console) {
                         return args->what == "train" ? verb_backbone_train(*training, console)
                                                      : verb_backbone(*args, console);
                       });
  sub->require_subcommand(1);
  const auto add = [sub, args, &program](const char* name, const char* help) {
    CLI::App* one = sub->add_subcommand(name, help);
    one->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
    one->callback([args, name] { args->what = name; });
    return one;
  };
  CLI::App* train = add_backbone_train(sub, training);
  train->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  train->callback([args] { args->what = "train"; });
  add("list", "what is there, and where it is from");
  CLI::App* import =
      add("import", "read a Keras .h5, a PyTorch state file or one of our own, and keep it by a name");
  import->add_option("file", args->file, "of a MobileNetV2")->required();
  CLI::App* pull = add("pull", "fetch such a file; its SHA-256 is remembered, and another one refused later");
  pull->add_option("url", args->url, "http or https")->required();
  pull->add_option("--sha256", args->pinned, "what the file must have");
  for (CLI::App* one : {import, pull}) {
    one->add_option("--name", args->name, "default: the file's");
    one->add_flag("--replace", args->replace, "an earlier one of that name");
  }
}

void add_test(Program& program) {
  auto args = std::make_shared<TestArgs>();
  CLI::App* sub =
      verb(program, "test", "Measure the net on the test split: float, int8 here, int8 on a board.",
           "  dewdrop test\n"
           "  dewdrop test --on qemu:mps2-an386 --json\n",
           [args, &program](Console& console) {
             args->project = program.project;
             return verb_test(*args, console);
           });
  project_option(sub, program);
  sub->add_option("--run", args->run, "number of the training run; default: the newest");
  CLI::Option* on = sub->add_option("--on", args->board, "board; default: dewdrop.toml");
  sub->add_flag("--no-board", args->no_board, "float and host only")->excludes(on);
  sub->add_option("--write-inputs", args->inputs_out,
                  "write the test split's input tensors there, for run --raw or another engine");
}

void add_compile(Program& program) {
  auto args = std::make_shared<CompileArgs>();
  CLI::App* sub = verb(
      program, "compile", "Compile the net, or any int8 .tflite, to self-contained C and measure it.",
      "  dewdrop compile --for cortex-m4\n"
      "  dewdrop compile model.tflite --for cortex-m4 -o out/\n"
      "  dewdrop compile model.tflite --for cortex-m4 --report      # RAM, flash, instructions by layer\n",
      [args, &program](Console& console) {
        args->model.project = program.project;
        return verb_compile(*args, console);
      });
  project_option(sub, program);
  sub->add_option("model", args->model.model, "a .tflite file; default: the project's newest net");
  sub->add_option("--for", args->target, "core or board: cortex-m4, qemu:mps2-an386 ...");
  sub->add_option("-o,--out", args->out, "folder for the C files; default: dew_<symbol>");
  sub->add_flag(
      "--report{.}", args->report,
      "what each layer costs, as a table and as a page with the memory plan; --report=PAGE names it");
  sub->add_flag("--dump", args->dump, "print the graph");
  sub->add_flag("--no-measure", args->no_measure, "do not build and run it on the emulated board");
  model_options(sub, args->model);
}

void add_run(Program& program) {
  auto args = std::make_shared<RunArgs>();
  CLI::App* sub =
      verb(program, "run", "Run pictures, a split or raw tensors on the host or a board.",
           "  dewdrop run picture.jpg\n"
           "  dewdrop run --on qemu:mps2-an386 picture.jpg folder/\n"
           "  dewdrop run --split test --on cortex-m55 --json\n"
           "  dewdrop run --model model.tflite --on host --rounding tflite --raw in.bin --out out.bin\n",
           [args, &program](Console& console) {
             args->model.project = program.project;
             return verb_run(*args, console);
           });
  project_option(sub, program);
  sub->add_option("pictures", args->pictures, "image files, or folders of them");
  sub->add_option("--split", args->split,
                  "train, validation or test: the project's samples, against their labels");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's newest net");
  sub->add_option("--on", args->on, "host, or a board such as qemu:mps2-an386")->capture_default_str();
  sub->add_option("--raw", args->raw, "the model's own input tensors, byte for byte, one after the other");
  sub->add_option("--out", args->out, "where the output tensors go, one after the other");
  sub->add_flag("--rows", args->rows, "push rows into the board's firmware, as a camera reads out");
  model_options(sub, args->model);
}

void add_deploy(Program& program) {
  auto args = std::make_shared<DeployArgs>();
  CLI::App* sub = verb(program, "deploy", "Package the net for somebody else's build.",
                       "  dewdrop deploy --to c -o firmware/person\n"
                       "  dewdrop deploy --to tflite,onnx\n"
                       "  dewdrop deploy --model model.tflite --to onnx,c -o out/\n",
                       [args, &program](Console& console) {
                         args->model.project = program.project;
                         return verb_deploy(*args, console);
                       });
  project_option(sub, program);
  sub->add_option("--to", args->to, "c, tflite or onnx; several with commas between, a folder each")
      ->delimiter(',')
      ->required();
  sub->add_option("--for", args->target, "core or board the C is for; default: the project's board");
  sub->add_option("-o,--out", args->out, "folder; default: <name>-<kind>");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's newest net");
  model_options(sub, args->model);
}

void add_doctor(Program& program) {
  verb(program, "doctor", "Say what is installed, what is missing and how to get it.", "  dewdrop doctor\n",
       [](Console& console) { return verb_doctor(console); });
}

void add_demo(Program& program) {
  auto args = std::make_shared<DemoArgs>();
  args->folder = "dewdrop-demo";
  CLI::App* sub = verb(program, "demo", "The whole way on a sample video: no key, no network.",
                       "  dewdrop demo\n"
                       "  OPENAI_API_KEY=... dewdrop demo --teacher openai:gpt-4o\n"
                       "Run again after Ctrl-C: it goes on where it was.\n",
                       [args](Console& console) { return verb_demo(*args, console); });
  sub->add_option("folder", args->folder, "where the project is made")->capture_default_str();
  sub->add_option("--video", args->video,
                  "OpenCV's vtest.avi, if it is not where Debian's opencv-doc puts it");
  sub->add_option("--teacher", args->teacher, "default: answers of a large model recorded for this video");
  sub->add_option("--on", args->board, "board; default: qemu:mps2-an386");
  sub->add_option("--seed", args->seed, "of the training")->capture_default_str();
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

/// CLI11 says nothing about a mistyped verb but that one is required: say which was meant.
Result<void> check_verb(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  const auto names = verb_names(app);
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return {};
  const std::string near = closest(argv[1], names);
  return usage_error("there is no verb '" + printable(argv[1]) + "'", {},
                     near.empty() ? "dewdrop --help lists them" : "did you mean: dewdrop " + near);
}

/// Fills program.work. Gives the exit code where that is all there is to do (--help, a wrong option).
std::optional<int> parse(Program& program, int argc, const char* const* argv) {
  try {
    program.app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::CallForHelp& help) {
    return program.app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return program.app.exit(version);
  } catch (const CLI::ParseError& error) {
    const auto chosen = program.app.get_subcommands();
    const std::string verb = chosen.empty() ? "" : " " + chosen[0]->get_name();
    Console console(program.json);
    return console.finish(usage_error(error.what(), {}, "see: dewdrop" + verb + " --help"));
  }
}

}  // namespace

int cli_main(int argc, const char* const* argv) {
  listen_for_interrupts();
  Program program;
  program.app.set_version_flag("--version", DEWDROP_VERSION);
  program.app.require_subcommand(1);
  program.app.footer("Each verb has --help with examples, and --json. Start with: dewdrop demo");
  for (const auto add : {add_new, add_add, add_label, add_review, add_backbone, add_train, add_test,
                         add_compile, add_run, add_deploy, add_doctor, add_demo})
    add(program);
  if (argc < 2) {
    fmt::print("{}", program.app.help());
    return static_cast<int>(Fault::kUsage);
  }
  if (const auto known = check_verb(program.app, argc, argv); !known)
    return Console(false).finish(tl::unexpected(known.error()));
  if (const auto code = parse(program, argc, argv)) return *code;
  Console console(program.json);
  return console.finish(program.work(console));
}

}  // namespace dew
