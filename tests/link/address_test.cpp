#include "link/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace relais::link {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Address, NamesAndBothKindsOfNumbersAreReadAndWrittenBack) {
  const std::pair<std::string, Address> cases[] = {
      {"hub.local:7400", {"hub.local", 7400}},
      {"10.0.0.5:7400", {"10.0.0.5", 7400}},
      {"[::1]:7400", {"::1", 7400}},
      {"[::ffff:10.0.0.5]:1", {"::ffff:10.0.0.5", 1}},
      {"[fe80::1%wlan0]:9", {"fe80::1%wlan0", 9}},
      {":7400", {"", 7400}},
      {"tablet_7-b:0", {"tablet_7-b", 0}},
      {"0.0.0.0:65535", {"0.0.0.0", 65535}},
  };
  for (const auto& [text, address] : cases) {
    const auto read = parse_address(text);
    ASSERT_TRUE(read) << text << ": " << read.error().message();
    EXPECT_EQ(*read, address);
    EXPECT_EQ(to_string(address), text);
  }
}

TEST(Address, WhatIsNotAnAddressIsRefusedWithTheWayToWriteIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "The address '' is not valid: write HOST:PORT, like 10.0.0.5:7400."},
      {"hub.local", "The address 'hub.local' is not valid: write HOST:PORT, like 10.0.0.5:7400."},
      {"hub:", "The address 'hub:' is not valid: the port is a number from 0 to 65535."},
      {"hub:65536", "The address 'hub:65536' is not valid: the port is a number from 0 to 65535."},
      {"hub:-1", "The address 'hub:-1' is not valid: the port is a number from 0 to 65535."},
      {"hub:+1", "The address 'hub:+1' is not valid: the port is a number from 0 to 65535."},
      {"hub:000080",
       "The address 'hub:000080' is not valid: the port is a number from 0 to 65535."},
      {"hub:80 ", "The address 'hub:80 ' is not valid: the port is a number from 0 to 65535."},
      {"hub:http", "The address 'hub:http' is not valid: the port is a number from 0 to 65535."},
      {"::1:7400",
       "The address '::1:7400' is not valid: write IPv6 addresses in brackets, like [::1]:7400."},
      {"[::1]", "The address '[::1]' is not valid: write HOST:PORT, like 10.0.0.5:7400."},
      {"[::1]7400", "The address '[::1]7400' is not valid: write HOST:PORT, like 10.0.0.5:7400."},
      {"[hub]:1",
       "The address '[hub]:1' is not valid: brackets are for IPv6 addresses, like [::1]:7400."},
      {"[]:1",
       "The address '[]:1' is not valid: brackets are for IPv6 addresses, like [::1]:7400."},
      {"[::1%]:1",
       "The address '[::1%]:1' is not valid: brackets are for IPv6 addresses, like [::1]:7400."},
      {"a b:1",
       "The address 'a b:1' is not valid: a host has letters, digits, dots and hyphens only."},
      {"http://hub:1",
       "The address 'http://hub:1' is not valid: write IPv6 addresses in brackets, like "
       "[::1]:7400."},
  };
  for (const auto& [text, message] : cases) {
    const auto read = parse_address(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(read.error().message(), message);
  }
}

TEST(Address, AHostOfTheLongestLengthIsReadAndOneLetterMoreIsRefused) {
  const std::string longest(limits::kHostBytes, 'h');
  ASSERT_TRUE(parse_address(longest + ":1"));
  EXPECT_EQ(parse_address(longest + ":1")->host, longest);
  const auto longer = parse_address(longest + "h:1");
  ASSERT_FALSE(longer);
  EXPECT_THAT(longer.error().message(), HasSubstr("name is too long"));
  const auto far_longer = parse_address(std::string(1'000'000, 'h') + ":1");
  ASSERT_FALSE(far_longer);
  EXPECT_EQ(far_longer.error().message(), "The address is too long: write HOST:PORT.");
}

}  // namespace
}  // namespace relais::link
