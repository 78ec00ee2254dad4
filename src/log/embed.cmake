# cmake -DFROM=file -DTO=file.cpp -P embed.cmake: the file's bytes as C++, without a tool to install.
file(READ "${FROM}" hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
# A string literal compiles several times faster than a list of numbers.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
string(REGEX REPLACE "(................................................................)" "\\1\"\n    \"" lines "${escaped}")
file(WRITE "${TO}" "#include \"log/dictionary.h\"

namespace relais::log {
namespace {

constexpr char kDictionary1[] =
    \"${lines}\";
constexpr std::size_t kDictionary1Bytes = ${size};
static_assert(sizeof(kDictionary1) == kDictionary1Bytes + 1);

}  // namespace

BytesView dictionary(std::uint8_t number) {
  return number == 1 ? BytesView(kDictionary1, kDictionary1Bytes) : BytesView();
}

}  // namespace relais::log
")
