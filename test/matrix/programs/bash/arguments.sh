# Parses its arguments, then shows them as they came.
original=("$@")
count=1 verbose=
while getopts ':c:v' option; do
  case $option in
    c) count=$OPTARG ;;
    v) verbose=! ;;
    :) echo "-$OPTARG needs a value" >&2 && exit 2 ;;
    *) echo "unknown option -$OPTARG" ;;
  esac
done
shift $((OPTIND - 1))
for name; do
  printf '%s ' $(for ((n = 0; n < count; n++)); do echo "$name"; done)
  echo "$verbose"
done
for index in "${!original[@]}"; do
  echo "$((index + 1)) ${original[index]@Q} ${#original[index]}"
done
echo "$0 $# $* ${*: -1} ${FUNCNAME[*]}"
