// SPDX-License-Identifier: MIT
// Hashes and sizes are those of the files as their authors, Keras and the well-known mirrors
// publish them; class names that are not in the files come from the papers and pages named in
// `homepage`.
#include "formats/known.h"

#define COUNT(array)    (sizeof(array) / sizeof *(array))
#define FEATURES(array) .features = array, .num_features = COUNT(array)
#define SPLITS(array)   .splits = array, .num_splits = COUNT(array)
#define FILES(array)    .files = array, .num_files = COUNT(array)
#define CLASSES(array)  .classes = array, .num_classes = COUNT(array)

static const char *const DIGIT_NAMES[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

// The files of MNIST, for example, are known by what they hold: Fashion-MNIST's have the same
// names.
static const struct known_feature MNIST_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 2, {28, 28}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(DIGIT_NAMES)},
};
static const struct known_split MNIST_SPLITS[] = {{"train", 60000}, {"test", 10000}};
static const struct known_file MNIST_FILES[] = {
    {"train-images-idx3-ubyte.gz", 9912422,
     "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", NULL,
     "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"train-labels-idx1-ubyte.gz", 28881,
     "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", NULL,
     "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"t10k-images-idx3-ubyte.gz", 1648877,
     "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", NULL,
     "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"t10k-labels-idx1-ubyte.gz", 4542,
     "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", NULL,
     "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
    {"mnist.npz", 11490434, "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
     NULL, NULL},
};
static const struct known MNIST = {
    .name = "mnist",
    .title = "MNIST",
    .description = "Handwritten digits of about 500 people, centred in pictures of 28×28 grey "
                   "pixels: the first dataset of most courses on machine learning.",
    .license = "CC BY-SA 3.0",
    .citation = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to "
                "document recognition. Proceedings of the IEEE 86(11), 1998, 2278-2324. "
                "https://doi.org/10.1109/5.726791",
    .homepage = "http://yann.lecun.com/exdb/mnist/",
    .task = "image-classification",
    FEATURES(MNIST_FEATURES),
    SPLITS(MNIST_SPLITS),
    FILES(MNIST_FILES),
};

static const char *const FASHION_NAMES[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                            "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                            "Bag",         "Ankle boot"};
static const struct known_feature FASHION_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 2, {28, 28}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(FASHION_NAMES)},
};
static const struct known_file FASHION_FILES[] = {
    {"train-images-idx3-ubyte.gz", 26421880,
     "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", NULL,
     "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
    {"train-labels-idx1-ubyte.gz", 29515,
     "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", NULL,
     "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
    {"t10k-images-idx3-ubyte.gz", 4422102,
     "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", NULL,
     "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
    {"t10k-labels-idx1-ubyte.gz", 5148,
     "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", NULL,
     "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
};
static const struct known FASHION_MNIST = {
    .name = "fashion_mnist",
    .title = "Fashion-MNIST",
    .description = "Product pictures of the shop Zalando in ten classes of clothing, 28×28 grey "
                   "pixels: a harder replacement for MNIST in the same form.",
    .license = "MIT",
    .citation = "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for "
                "Benchmarking Machine Learning Algorithms. 2017. https://arxiv.org/abs/1708.07747",
    .homepage = "https://github.com/zalandoresearch/fashion-mnist",
    .task = "image-classification",
    FEATURES(FASHION_FEATURES),
    SPLITS(MNIST_SPLITS),
    FILES(FASHION_FILES),
};

#define CIFAR_CITATION                                                                             \
    "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images. Technical report, "     \
    "University of Toronto, 2009. "                                                                \
    "https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf"

static const char *const CIFAR10_NAMES[] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                            "dog",      "frog",       "horse", "ship", "truck"};
static const struct known_feature CIFAR10_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 3, {32, 32, 3}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(CIFAR10_NAMES)},
};
static const struct known_split CIFAR_SPLITS[] = {{"train", 50000}, {"test", 10000}};
static const struct known_file CIFAR10_FILES[] = {
    {"cifar-10-binary.tar.gz", 170052171,
     "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", NULL, NULL},
    {"cifar-10-python.tar.gz", 170498071,
     "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", NULL, NULL},
};
static const struct known CIFAR10 = {
    .name = "cifar10",
    .title = "CIFAR-10",
    .description = "Colour photographs of 32×32 pixels in ten classes of animals and vehicles, "
                   "6,000 of each, chosen by hand from the Tiny Images collection.",
    .license = "none stated; the authors ask to be cited",
    .citation = CIFAR_CITATION,
    .homepage = "https://www.cs.toronto.edu/~kriz/cifar.html",
    .task = "image-classification",
    FEATURES(CIFAR10_FEATURES),
    SPLITS(CIFAR_SPLITS),
    FILES(CIFAR10_FILES),
};

static const char *const CIFAR100_NAMES[] = {
    "apple",       "aquarium_fish", "baby",      "bear",       "beaver",       "bed",
    "bee",         "beetle",        "bicycle",   "bottle",     "bowl",         "boy",
    "bridge",      "bus",           "butterfly", "camel",      "can",          "castle",
    "caterpillar", "cattle",        "chair",     "chimpanzee", "clock",        "cloud",
    "cockroach",   "couch",         "crab",      "crocodile",  "cup",          "dinosaur",
    "dolphin",     "elephant",      "flatfish",  "forest",     "fox",          "girl",
    "hamster",     "house",         "kangaroo",  "keyboard",   "lamp",         "lawn_mower",
    "leopard",     "lion",          "lizard",    "lobster",    "man",          "maple_tree",
    "motorcycle",  "mountain",      "mouse",     "mushroom",   "oak_tree",     "orange",
    "orchid",      "otter",         "palm_tree", "pear",       "pickup_truck", "pine_tree",
    "plain",       "plate",         "poppy",     "porcupine",  "possum",       "rabbit",
    "raccoon",     "ray",           "road",      "rocket",     "rose",         "sea",
    "seal",        "shark",         "shrew",     "skunk",      "skyscraper",   "snail",
    "snake",       "spider",        "squirrel",  "streetcar",  "sunflower",    "sweet_pepper",
    "table",       "tank",          "telephone", "television", "tiger",        "tractor",
    "train",       "trout",         "tulip",     "turtle",     "wardrobe",     "whale",
    "willow_tree", "wolf",          "woman",     "worm"};
// clang-format off
static const char *const CIFAR100_COARSE_NAMES[] = {
    "aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables",
    "household_electrical_devices", "household_furniture", "insects", "large_carnivores",
    "large_man-made_outdoor_things", "large_natural_outdoor_scenes",
    "large_omnivores_and_herbivores", "medium_mammals", "non-insect_invertebrates", "people",
    "reptiles", "small_mammals", "trees", "vehicles_1", "vehicles_2"};
// clang-format on
static const struct known_feature CIFAR100_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 3, {32, 32, 3}, NULL, 0},
    {"fine_label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(CIFAR100_NAMES)},
    {"coarse_label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(CIFAR100_COARSE_NAMES)},
};
static const struct known_file CIFAR100_FILES[] = {
    {"cifar-100-binary.tar.gz", 168513733,
     "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", NULL, NULL},
    {"cifar-100-python.tar.gz", 169001437,
     "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7", NULL, NULL},
};
static const struct known CIFAR100 = {
    .name = "cifar100",
    .title = "CIFAR-100",
    .description = "Colour photographs of 32×32 pixels in 100 classes, 600 of each, which 20 "
                   "superclasses group by fives.",
    .license = "none stated; the authors ask to be cited",
    .citation = CIFAR_CITATION,
    .homepage = "https://www.cs.toronto.edu/~kriz/cifar.html",
    .task = "image-classification",
    FEATURES(CIFAR100_FEATURES),
    SPLITS(CIFAR_SPLITS),
    FILES(CIFAR100_FILES),
};

static const struct known_feature DIGITS_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 2, {8, 8}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(DIGIT_NAMES)},
};
static const struct known_split DIGITS_SPLITS[] = {{"all", 1797}};
static const struct known_file DIGITS_FILES[] = {
    {"digits.csv.gz", 57512, "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a",
     NULL, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"},
};
static const struct known DIGITS = {
    .name = "digits",
    .title = "Digits",
    .description = "Handwritten digits of 43 writers as pictures of 8×8 pixels with values from 0 "
                   "to 16: the part for testing of the Optical Recognition of Handwritten Digits "
                   "data, in the form that scikit-learn ships.",
    .license = "CC BY 4.0",
    .citation = "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. UCI Machine "
                "Learning Repository, 1998. https://doi.org/10.24432/C50P49",
    .homepage = "https://archive.ics.uci.edu/dataset/80/"
                "optical+recognition+of+handwritten+digits",
    .task = "image-classification",
    FEATURES(DIGITS_FEATURES),
    SPLITS(DIGITS_SPLITS),
    FILES(DIGITS_FILES),
};

static const char *const SENTIMENT_NAMES[] = {"neg", "pos"};
static const struct known_feature IMDB_FEATURES[] = {
    {"tokens", FEATURE_TOKENS, DTYPE_INT32, 0, {0}, NULL, 0},
    {"text", FEATURE_TEXT, DTYPE_UINT8, 0, {0}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(SENTIMENT_NAMES)},
};
static const struct known_split IMDB_SPLITS[] = {{"train", 25000}, {"test", 25000}};
static const struct known_file IMDB_FILES[] = {
    {"imdb.npz", 17464789, "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
     NULL, NULL},
    {"imdb_word_index.json", 1641221, NULL, "bfafd718b763782e994055a2d397834f", NULL},
    {"aclImdb_v1.tar.gz", 84125825,
     "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe", NULL, NULL},
};
static const struct known IMDB = {
    .name = "imdb",
    .title = "IMDB reviews",
    .description = "Reviews of films in English with a clear opinion, half of them in favour and "
                   "half against, at most 30 of one film.",
    .license = "none stated; the authors ask to be cited",
    .citation = "A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts: Learning Word "
                "Vectors for Sentiment Analysis. ACL 2011, 142-150. "
                "https://aclanthology.org/P11-1015",
    .homepage = "https://ai.stanford.edu/~amaas/data/sentiment/",
    .task = "text-classification",
    FEATURES(IMDB_FEATURES),
    SPLITS(IMDB_SPLITS),
    FILES(IMDB_FILES),
};

static const char *const REUTERS_NAMES[] = {
    "cocoa",     "grain",        "veg-oil", "earn",       "acq",      "wheat",    "copper",
    "housing",   "money-supply", "coffee",  "sugar",      "trade",    "reserves", "ship",
    "cotton",    "carcass",      "crude",   "nat-gas",    "cpi",      "money-fx", "interest",
    "gnp",       "meal-feed",    "alum",    "oilseed",    "gold",     "tin",      "strategic-metal",
    "livestock", "retail",       "ipi",     "iron-steel", "rubber",   "heat",     "jobs",
    "lei",       "bop",          "zinc",    "orange",     "pet-chem", "dlr",      "gas",
    "silver",    "wpi",          "hog",     "lead"};
static const struct known_feature REUTERS_FEATURES[] = {
    {"tokens", FEATURE_TOKENS, DTYPE_INT32, 0, {0}, NULL, 0},
    {"text", FEATURE_TEXT, DTYPE_UINT8, 0, {0}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(REUTERS_NAMES)},
};
static const struct known_split REUTERS_SPLITS[] = {{"all", 11228}};
static const struct known_file REUTERS_FILES[] = {
    {"reuters.npz", 2110848, "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
     NULL, NULL},
    {"reuters_word_index.json", 550378, NULL, "4d44cc38712099c9e383dc6e5f11a921", NULL},
};
static const struct known REUTERS = {
    .name = "reuters",
    .title = "Reuters newswire",
    .description = "Short news of the agency Reuters from 1987, each filed under one of 46 topics: "
                   "the Reuters-21578 collection in the form that Keras ships.",
    .license = "free for research, as the collection's README says",
    .citation = "D. D. Lewis: Reuters-21578 Text Categorization Collection. UCI Machine Learning "
                "Repository, 1997. https://doi.org/10.24432/C52G6M",
    .homepage = "https://archive.ics.uci.edu/dataset/137/"
                "reuters+21578+text+categorization+collection",
    .task = "text-classification",
    FEATURES(REUTERS_FEATURES),
    SPLITS(REUTERS_SPLITS),
    FILES(REUTERS_FILES),
};

#define COLUMN(name)                                                                               \
    {                                                                                              \
        name, FEATURE_SCALAR, DTYPE_FLOAT64, 0, {0}, NULL, 0                                       \
    }
static const struct known_feature BOSTON_FEATURES[] = {
    COLUMN("CRIM"),    COLUMN("ZN"),  COLUMN("INDUS"), COLUMN("CHAS"), COLUMN("NOX"),
    COLUMN("RM"),      COLUMN("AGE"), COLUMN("DIS"),   COLUMN("RAD"),  COLUMN("TAX"),
    COLUMN("PTRATIO"), COLUMN("B"),   COLUMN("LSTAT"), COLUMN("MEDV"),
};
static const struct known_split BOSTON_SPLITS[] = {{"all", 506}};
static const struct known_file BOSTON_FILES[] = {
    {"boston_housing.npz", 57026,
     "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5", NULL, NULL},
};
static const struct known BOSTON_HOUSING = {
    .name = "boston_housing",
    .title = "Boston housing",
    .description = "Census tracts of Boston in 1970: thirteen numbers about each, and the median "
                   "value of homes that their owners live in (MEDV, in thousands of dollars).",
    .license = "none stated; published with a paper in 1978",
    .citation = "D. Harrison, D. L. Rubinfeld: Hedonic housing prices and the demand for clean "
                "air. Journal of Environmental Economics and Management 5, 1978, 81-102. "
                "https://doi.org/10.1016/0095-0696(78)90006-2",
    .homepage = "http://lib.stat.cmu.edu/datasets/boston",
    .task = "tabular-regression",
    .warning = "The variable B is computed from the share of Black residents, on the assumption "
               "that segregation raises the prices of houses; scikit-learn withdrew the dataset "
               "for that reason. Use it to study that problem, not as a neutral benchmark.",
    FEATURES(BOSTON_FEATURES),
    SPLITS(BOSTON_SPLITS),
    FILES(BOSTON_FILES),
};

static const struct known_feature SVHN_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 3, {32, 32, 3}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(DIGIT_NAMES)},
};
static const struct known_split SVHN_SPLITS[] = {
    {"train", 73257}, {"test", 26032}, {"extra", 531131}};
static const struct known_file SVHN_FILES[] = {
    {"train_32x32.mat", 182040794,
     "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8", NULL, NULL},
    {"test_32x32.mat", 64275384, "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
     NULL, NULL},
    {"extra_32x32.mat", 1329278602,
     "a133a4beb38a00fcdda90c9489e0c04f900b660ce8a316a5e854838379a71eb3", NULL, NULL},
};
static const struct known SVHN = {
    .name = "svhn",
    .title = "Street View House Numbers",
    .description = "Digits of house numbers cut from Street View photographs, 32×32 pixels in "
                   "colour, with parts of the neighbouring digits at the sides.",
    .license = "for non-commercial use only, as the homepage says",
    .citation = "Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Y. Ng: Reading Digits in "
                "Natural Images with Unsupervised Feature Learning. NIPS Workshop on Deep Learning "
                "and Unsupervised Feature Learning, 2011.",
    .homepage = "http://ufldl.stanford.edu/housenumbers/",
    .task = "image-classification",
    FEATURES(SVHN_FEATURES),
    SPLITS(SVHN_SPLITS),
    FILES(SVHN_FILES),
};

static const char *const CATS_NAMES[] = {"cat", "dog"};
static const struct known_feature CATS_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 0, {0}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT8, 0, {0}, CLASSES(CATS_NAMES)},
};
static const struct known CATS_VS_DOGS = {
    .name = "cats_vs_dogs",
    .title = "Cats vs. dogs",
    .description = "Photographs of cats and of dogs from animal shelters, of all sizes, made for a "
                   "test that tells people from programs.",
    .license = "none stated; given away by Microsoft Research",
    .citation = "J. Elson, J. R. Douceur, J. Howell, J. Saul: Asirra: a CAPTCHA that exploits "
                "interest-aligned manual image categorization. ACM CCS 2007, 366-374. "
                "https://doi.org/10.1145/1315245.1315291",
    .homepage = "https://www.microsoft.com/en-us/download/details.aspx?id=54765",
    .task = "image-classification",
    FEATURES(CATS_FEATURES),
};

static const struct known_feature IMAGENET_FEATURES[] = {
    {"image", FEATURE_IMAGE, DTYPE_UINT8, 0, {0}, NULL, 0},
    {"label", FEATURE_CLASS, DTYPE_UINT16, 0, {0}, NULL, 0},
};
static const struct known_split IMAGENET_SPLITS[] = {{"train", 1281167}, {"val", 50000}};
static const struct known_file IMAGENET_FILES[] = {
    {"ILSVRC2012_img_train.tar", 147897477120, NULL, "1d675b47d978889d74fa0da5fadfb00e", NULL},
    {"ILSVRC2012_img_val.tar", 6744924160, NULL, "29b22e2961454d5413ddabcf34fc5622", NULL},
    {"ILSVRC2012_devkit_t12.tar.gz", 2568145, NULL, "fa75699e90414af021442c21a62c3abf", NULL},
};
static const struct known IMAGENET = {
    .name = "imagenet",
    .title = "ImageNet (ILSVRC 2012)",
    .description = "Photographs of 1,000 kinds of things and animals, called by the synsets of "
                   "WordNet: the pictures of the Large Scale Visual Recognition Challenge of 2012.",
    .license = "for non-commercial research and education only; the pictures are not free to pass "
               "on, as the homepage says",
    .citation = "O. Russakovsky, J. Deng, H. Su et al.: ImageNet Large Scale Visual Recognition "
                "Challenge. International Journal of Computer Vision 115, 2015, 211-252. "
                "https://doi.org/10.1007/s11263-015-0816-y",
    .homepage = "https://www.image-net.org/challenges/LSVRC/2012/",
    .task = "image-classification",
    FEATURES(IMAGENET_FEATURES),
    SPLITS(IMAGENET_SPLITS),
    FILES(IMAGENET_FILES),
};

const struct known *const KNOWN[] = {&MNIST,  &FASHION_MNIST, &CIFAR10, &CIFAR100,
                                     &DIGITS, &IMDB,          &REUTERS, &BOSTON_HOUSING,
                                     &SVHN,   &CATS_VS_DOGS,  &IMAGENET, NULL};
