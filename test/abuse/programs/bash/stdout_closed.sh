echo "begin"
exec 1>&-
echo "nobody hears this" 2>/dev/null
exec 2>&- 0<&-
(echo x >&1) && exit 3
exit 7
