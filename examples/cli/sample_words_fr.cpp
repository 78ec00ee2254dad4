#include "sample_words.h"

namespace cli {
namespace {

constexpr std::string_view kWomen[] = {
    "Rehema",    "Tumaini",   "Pendo",     "Subira",    "Imani",      "Faraja",  "Salama",
    "Zuhura",    "Mwamini",   "Sifa",      "Nadia",     "Vumilia",    "Kito",    "Asifiwe",
    "Jeanne",    "Béatrice",  "Clémence",  "Odette",    "Francine",   "Gisèle",  "Henriette",
    "Immaculée", "Joséphine", "Léontine",  "Marceline", "Nathalie",   "Pélagie", "Rosette",
    "Séraphine", "Thérèse",   "Véronique", "Yvette",    "Bernadette", "Colette", "Dorcas",
    "Esther",    "Félicité",  "Grâce",     "Huguette",  "Irène",      "Judith",  "Lydie"};

constexpr std::string_view kMen[] = {
    "Baraka",  "Heri",    "Juma",      "Kasereka", "Paluku",  "Mumbere",  "Kambale",
    "Safari",  "Shukuru", "Mugisha",   "Byamungu", "Bertin",  "Célestin", "Dieudonné",
    "Étienne", "Fidèle",  "Gédéon",    "Innocent", "Jérémie", "Léon",     "Modeste",
    "Norbert", "Pascal",  "Théophile", "Victor",   "Wilfrid"};

constexpr std::string_view kFamilies[] = {
    "Kavira",    "Masika",   "Katungu",   "Muhindo",  "Kyakimwa",  "Mirindi",  "Bisimwa",
    "Cibalonza", "Nshobole", "Zihalirwa", "Muderhwa", "Ntakwinja", "Kabika",   "Lubala",
    "Wabiwa",    "Kashindi", "Byenda",    "Amisi",    "Assani",    "Lwaboshi", "Mwenebatu",
    "Nyota",     "Kalumuna", "Rugamba",   "Sibomana", "Tchomba",   "Kitoko",   "Bashige",
    "Namegabe",  "Mulume",   "Kajibwami", "Ciza",     "Bugandwa",  "Matabaro", "Chikwanine",
    "Malekani",  "Buhendwa", "Ndamwenge", "Ombeni",   "Zagabe",    "Ishara",   "Lukogo"};

constexpr std::string_view kPlaces[] = {
    "Uvira",    "Fizi",    "Shabunda",  "Idjwi",    "Kabare",   "Minova",  "Kavumu",
    "Nyangezi", "Kaziba",  "Luhwindja", "Lemera",   "Luvungi",  "Sange",   "Kiliba",
    "Nundu",    "Lulimba", "Sake",      "Masisi",   "Rutshuru", "Kiwanja", "Walikale",
    "Pinga",    "Itebero", "Hombo",     "Nindja",   "Katana",   "Birava",  "Ihusi",
    "Numbi",    "Ziralo",  "Bijombo",   "Minembwe", "Lusenda",  "Mulungu", "Kigulube"};

constexpr std::string_view kHospitals[] = {
    "HGR Uvira",  "HGR Fizi", "HGR Kabare",   "HGR Katana",         "HGR Masisi",
    "HGR Minova", "HGR Sake", "HGR Nyangezi", "Clinique de Bukavu", "Hôpital provincial"};

constexpr std::string_view kOpenings[] = {"Consultation au poste mobile",
                                          "Visite à domicile",
                                          "Vue au centre de santé",
                                          "Contrôle après l'intervention",
                                          "Première consultation",
                                          "Revient pour le suivi",
                                          "Reçue avec l'agent communautaire",
                                          "Examen fait en salle séparée",
                                          "Amenée par le relais communautaire",
                                          "Suivi en clinique mobile"};

constexpr std::string_view kNotes[] = {"température normale ce matin",
                                       "fièvre depuis {d} jours, homa ya usiku",
                                       "goutte épaisse positive, traitement antipaludique commencé",
                                       "test rapide du paludisme négatif",
                                       "douleur du bas-ventre depuis {w} semaines",
                                       "maumivu ya tumbo, dit-elle, surtout le soir",
                                       "dernières règles il y a {w} semaines",
                                       "saignement peu abondant",
                                       "fistule vésico-vaginale de {c} cm, opérable",
                                       "sonde en place depuis {d} jours, urines claires",
                                       "sonde retirée, plus de fuite à l'effort",
                                       "test au bleu négatif à {w} semaines",
                                       "périnée cicatrisé, pas d'infection",
                                       "plaie de l'avant-bras de {c} cm, propre",
                                       "fils enlevés au jour {d}",
                                       "pansement à refaire tous les {n} jours",
                                       "prolapsus de stade {n}, pessaire posé",
                                       "hauteur utérine {c} cm, bruits du cœur présents",
                                       "mouvements du bébé bien perçus",
                                       "accouchement prévu dans {w} semaines",
                                       "a accouché à la maison il y a {d} jours",
                                       "allaite, l'enfant prend du poids",
                                       "enfant pesé, {k} kg, courbe régulière",
                                       "vaccination antitétanique mise à jour",
                                       "dépistage du VIH proposé et accepté",
                                       "prophylaxie commencée dans les soixante-douze heures",
                                       "contrôle sérologique dans {m} mois",
                                       "contraception d'urgence donnée",
                                       "implant posé, explications comprises",
                                       "anémie clinique, conjonctives pâles",
                                       "fer et acide folique remis pour {m} mois",
                                       "hémoglobine à refaire au prochain passage",
                                       "poids de {k} kg, en hausse",
                                       "a perdu {n} kg depuis la dernière visite",
                                       "mange deux fois par jour",
                                       "toux grasse depuis {w} semaines, crachats demandés",
                                       "auscultation claire des deux côtés",
                                       "brûlures à la miction, bandelette positive",
                                       "antibiotique terminé, pas d'effet indésirable",
                                       "n'a pas pu acheter les comprimés",
                                       "prend ses comprimés chaque matin",
                                       "tension élevée à deux reprises",
                                       "œdèmes des chevilles disparus",
                                       "marche {n} heures pour venir au poste",
                                       "la route de la colline est coupée",
                                       "a dormi en forêt pendant {d} nuits",
                                       "loge chez une tante avec {n} enfants",
                                       "son mari accepte la prise en charge",
                                       "préfère revenir seule la prochaine fois",
                                       "demande que son dossier reste confidentiel",
                                       "accord donné pour une photo de la plaie",
                                       "certificat médical remis en main propre",
                                       "dossier transmis à l'équipe juridique avec son accord",
                                       "transfert à l'hôpital prévu jeudi",
                                       "ambulance demandée, arrivée dans la journée",
                                       "transport remboursé par le programme",
                                       "kinésithérapie du plancher pelvien, {n} séances",
                                       "exercices montrés, à faire deux fois par jour",
                                       "peut reprendre les travaux légers",
                                       "éviter les charges lourdes pendant {w} semaines",
                                       "reçoit un kit de dignité",
                                       "prochain contrôle dans {d} jours",
                                       "asante sana, dit-elle en partant",
                                       "revue avec le chirurgien de la mission",
                                       "ordonnance expliquée en swahili",
                                       "aucune allergie signalée ce jour",
                                       "échographie demandée à l'hôpital",
                                       "douleur cotée à {n} sur dix"};

constexpr std::string_view kWorries[] = {"s'endort mieux depuis {w} semaines",
                                         "se réveille plusieurs fois par nuit",
                                         "revoit la scène quand elle entend des coups de feu",
                                         "pleure moins, parle de ses enfants",
                                         "dit avoir mal au cœur, roho inauma",
                                         "n'ose pas retourner au champ",
                                         "a recommencé à vendre au marché",
                                         "se sent acceptée par sa belle-famille",
                                         "rejetée par ses voisins, médiation proposée",
                                         "respiration lente pratiquée ensemble",
                                         "participe au groupe de parole du mardi",
                                         "pas d'idée de mort aujourd'hui",
                                         "idées noires il y a {d} jours, plan de sécurité refait",
                                         "souhaite apprendre la couture",
                                         "garde la photo de son fils disparu",
                                         "veut que sa sœur vienne à la séance",
                                         "dessine avec l'enfant, reste silencieux",
                                         "prie chaque matin, y trouve du courage",
                                         "colère contre l'agresseur, pas de vengeance",
                                         "prochaine séance dans {d} jours"};

}  // namespace

const Language& french() {
  static constexpr Language kLanguage{"fr",    "sw",       kWomen,    kMen,   kFamilies,
                                      kPlaces, kHospitals, kOpenings, kNotes, kWorries};
  return kLanguage;
}

}  // namespace cli
