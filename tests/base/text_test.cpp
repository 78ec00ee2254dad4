#include "base/text.h"

#include <gtest/gtest.h>

namespace relais {
namespace {

std::string utf8(char32_t point) {
  std::string out;
  const auto rest = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    rest(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    rest(6);
    rest(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    rest(12);
    rest(6);
    rest(0);
  }
  return out;
}

/// First and last of a kind, and what it is.
struct Kind {
  char32_t first;
  char32_t last;
  const char* name;
};

const Kind kUnseen[] = {
    {0x00, 0x1f, "C0"},
    {0x7f, 0x7f, "delete"},
    {0x80, 0x9f, "C1"},
    {0xad, 0xad, "soft hyphen"},
    {0x61c, 0x61c, "Arabic letter mark"},
    {0x180e, 0x180e, "Mongolian vowel separator"},
    {0x200b, 0x200d, "zero-width space and joiners"},
    {0x200e, 0x200f, "direction marks"},
    {0x2028, 0x2029, "separators of lines and paragraphs"},
    {0x202a, 0x202e, "embeddings and overrides"},
    {0x2060, 0x2064, "word joiner and invisible operators"},
    {0x2066, 0x2069, "isolates"},
    {0x206a, 0x206f, "deprecated format characters"},
    {0xfe00, 0xfe0f, "variation selectors"},
    {0xfeff, 0xfeff, "byte-order mark"},
    {0xfff9, 0xfffb, "interlinear annotation"},
    {0xe0001, 0xe0001, "language tag"},
    {0xe0020, 0xe007f, "tags"},
    {0xe0100, 0xe01ef, "more variation selectors"},
};

TEST(Printable, NothingUnseenIsLeft) {
  for (const Kind& kind : kUnseen) {
    for (char32_t point = kind.first; point <= kind.last; ++point) {
      EXPECT_TRUE(is_unsafe(point)) << kind.name;
      const std::string shown = printable("a" + utf8(point) + "b");
      EXPECT_FALSE(is_printable(utf8(point))) << kind.name;
      for (const char c : shown) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << kind.name << ": " << shown;
    }
  }
}

TEST(Printable, WhatStandsNextToTheUnseenIsShown) {
  for (const char32_t point :
       {0x20,   0x7e,   0xa0,   0xac,    0xae,    0x34e,   0x350,  0x61b,  0x61d,
        0x200a, 0x2010, 0x2027, 0x202f,  0x205f,  0x2070,  0xfdff, 0xfe10, 0xfefe,
        0xff00, 0xffef, 0xfffc, 0x1d172, 0x1d17b, 0xdffff, 0xe1000}) {
    EXPECT_FALSE(is_unsafe(point)) << std::hex << static_cast<std::uint32_t>(point);
    EXPECT_EQ(printable(utf8(point)), utf8(point));
  }
}

TEST(Printable, NamesOfAllScriptsStayReadable) {
  for (const char* name : {
           "Amina Wéré",
           "أمينة بنت مُحَمَّد",
           "Олександра Ґоляк’",
           "Невена Йотова",
           "И\u0306 И\u0300",  // combining breve, grave
           "\u0600١٢",         // a sign before a number: of the category Cf, and seen
           "नेहा शर्मा",
           "田中さくら",
           "🩺 20 °C – ½",
       }) {
    EXPECT_EQ(printable(name), name);
    EXPECT_TRUE(is_printable(name));
    EXPECT_TRUE(check_printable(name, "A name"));
  }
}

TEST(Printable, EscapesAsJsonDoes) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\u001b[31mb\\u000a");
  EXPECT_EQ(printable("\"evil\u202egpj.exe\""), "\"evil\\u202egpj.exe\"");
  EXPECT_EQ(printable("\U000e0041"), "\\udb40\\udc41");
  EXPECT_EQ(printable("\u009b2J"), "\\u009b2J");
  EXPECT_EQ(printable(std::string("\0", 1)), "\\u0000");
  EXPECT_EQ(printable("a\\u202e"), "a\\u202e") << "a backslash stays";
  EXPECT_EQ(printable(printable("\u202e")), printable("\u202e"));
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, BytesThatAreNoUtf8AreShownOneByOne) {
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J")
      << "C1 of a terminal that reads bytes";
  EXPECT_EQ(printable("é\xc3"), "é\\xc3") << "cut off";
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(printable("\xe2\x80z"), "\\xe2\\x80z");
}

TEST(Printable, ANameThatCannotBeReadAsItIsIsRefusedByItsCharacter) {
  const auto says = [](std::string_view text) {
    const Status checked = check_printable(text, "A document's id");
    return checked ? "nothing" : checked.error().message();
  };
  EXPECT_EQ(says("a\u202eb"),
            "A document's id contains an invisible character (U+202E): remove it.");
  EXPECT_EQ(says("\U000e0041"),
            "A document's id contains an invisible character (U+E0041): remove it.");
  EXPECT_EQ(says("\xff"), "A document's id contains a byte that is not UTF-8: remove it.");
  EXPECT_EQ(says("case-17"), "nothing");
}

}  // namespace
}  // namespace relais
