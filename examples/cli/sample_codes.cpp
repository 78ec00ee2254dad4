#include "sample_codes.h"

namespace cli {
namespace {

constexpr std::string_view kGynaecology[] = {
    "N82.0", "N82.1", "N82.3", "N81.1", "N81.2", "N81.3", "N39.3", "N39.4", "N73.0", "N76.0",
    "N92.0", "N92.1", "N94.6", "N95.0", "N97.9", "O71.3", "O71.4", "D25.9", "D50.0", "A59.0"};
constexpr std::string_view kGynaecologyDrugs[] = {
    "metronidazole 500 mg",  "doxycycline 100 mg",     "fluconazole 150 mg", "ceftriaxone 250 mg",
    "ibuprofen 400 mg",      "tranexamic acid 500 mg", "oxybutynin 5 mg",    "ciprofloxacin 500 mg",
    "nitrofurantoin 100 mg", "levonorgestrel 0.15 mg", "cefixime 400 mg",    "gentamicin 80 mg"};

constexpr std::string_view kViolence[] = {"T74.2", "T74.1", "Y05",   "Y04",   "Z04.4",
                                          "F43.0", "F43.1", "F43.2", "F32.1", "F51.5",
                                          "S31.4", "S30.2", "A54.0", "Z20.2", "Z32.0"};
constexpr std::string_view kViolenceDrugs[] = {
    "PEP kit 28 days",       "levonorgestrel 1.5 mg", "azithromycin 1 g",    "cefixime 400 mg",
    "tetanus toxoid 0.5 ml", "hepatitis B vaccine",   "amitriptyline 25 mg", "fluoxetine 20 mg",
    "tenofovir 300 mg",      "dolutegravir 50 mg",    "paracetamol 500 mg",  "promethazine 25 mg"};

constexpr std::string_view kHomeVisit[] = {"I10",   "I11.9", "E11.9", "E11.5", "J44.9", "J45.9",
                                           "M17.9", "M54.5", "I69.3", "L89.2", "G20",   "H25.9",
                                           "N40",   "R26.2", "Z74.1", "Z60.2", "F03",   "I83.0"};
constexpr std::string_view kHomeVisitDrugs[] = {
    "amlodipine 10 mg",          "bisoprolol 5 mg",    "losartan 50 mg",
    "hydrochlorothiazide 25 mg", "metformin 1000 mg",  "gliclazide 80 mg",
    "insulin NPH 100 IU",        "salbutamol 100 mcg", "beclometasone 250 mcg",
    "paracetamol 500 mg",        "diclofenac gel 1 %", "omeprazole 20 mg"};

constexpr std::string_view kCardiac[] = {"I20.0", "I20.8", "I21.9", "I25.2", "I25.5", "I34.0",
                                         "I35.0", "I42.0", "I48.2", "I50.0", "I50.1", "Z95.5"};
constexpr std::string_view kCardiacDrugs[] = {"acetylsalicylic acid 100 mg",
                                              "clopidogrel 75 mg",
                                              "atorvastatin 40 mg",
                                              "bisoprolol 2.5 mg",
                                              "furosemide 40 mg",
                                              "spironolactone 25 mg",
                                              "digoxin 250 mcg",
                                              "warfarin 5 mg",
                                              "ramipril 5 mg",
                                              "glyceryl trinitrate 500 mcg",
                                              "isosorbide dinitrate 5 mg"};

constexpr std::string_view kOncology[] = {"C50.4", "C53.9", "C18.9", "C34.1", "C61",   "C56",
                                          "C16.9", "C73",   "C91.0", "D05.1", "Z51.1", "R52.1"};
constexpr std::string_view kOncologyDrugs[] = {
    "tamoxifen 20 mg",   "morphine 10 mg",  "ondansetron 8 mg",    "dexamethasone 4 mg",
    "paclitaxel 175 mg", "cisplatin 50 mg", "capecitabine 500 mg", "anastrozole 1 mg",
    "tramadol 50 mg",    "lactulose 15 ml", "metoclopramide 10 mg"};

constexpr std::string_view kMaternal[] = {"Z34.0", "Z34.8", "Z35.9", "Z39.0", "Z39.1", "O14.0",
                                          "O21.0", "O24.4", "O99.0", "P07.3", "Z00.1", "A09.9",
                                          "E44.0", "B05.9", "J06.9", "L20.9", "Z27.4", "Z23.5"};
constexpr std::string_view kMaternalDrugs[] = {"folic acid 5 mg",
                                               "ferrous fumarate 185 mg",
                                               "vitamin A 200 000 IU",
                                               "zinc sulfate 20 mg",
                                               "oral rehydration salts",
                                               "mebendazole 500 mg",
                                               "methyldopa 250 mg",
                                               "misoprostol 200 mcg",
                                               "calcium carbonate 1 g",
                                               "amoxicillin 250 mg",
                                               "RUTF 92 g",
                                               "vitamin K 1 mg"};

constexpr std::string_view kCommon[] = {"B54",   "J18.9", "N30.0", "R51",   "R10.4",
                                        "K29.7", "D64.9", "M79.1", "L08.9", "H10.9"};
constexpr std::string_view kCommonDrugs[] = {
    "paracetamol 1 g",       "amoxicillin 1 g",      "artemether-lumefantrine 80/480 mg",
    "ferrous sulfate 60 mg", "cotrimoxazole 960 mg", "ibuprofen 200 mg",
    "povidone iodine 10 %",  "chlorphenamine 4 mg",  "omeprazole 40 mg",
    "multivitamin 1 tablet"};
constexpr std::string_view kAllergens[] = {"penicillin", "cotrimoxazole", "latex",  "iodine",
                                           "aspirin",    "peanut",        "quinine"};

constexpr CaseKind kKinds[kCaseKinds] = {{"gynaecology", 62, 100, kGynaecology, kGynaecologyDrugs},
                                         {"sgbv", 38, 92, kViolence, kViolenceDrugs},
                                         {"home_visit", 6, 68, kHomeVisit, kHomeVisitDrugs},
                                         {"cardiac", 2, 45, kCardiac, kCardiacDrugs},
                                         {"oncology", 2, 60, kOncology, kOncologyDrugs},
                                         {"maternal_child", 8, 85, kMaternal, kMaternalDrugs}};

constexpr Words kCommonWords = kCommon;
constexpr Words kCommonDrugWords = kCommonDrugs;
constexpr Words kAllergenWords = kAllergens;

}  // namespace

const CaseKind& case_kind(std::size_t index) { return kKinds[index]; }
const Words& common_diagnoses() { return kCommonWords; }
const Words& common_medication() { return kCommonDrugWords; }
const Words& allergens() { return kAllergenWords; }

}  // namespace cli
