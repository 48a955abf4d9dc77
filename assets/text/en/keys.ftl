# The keys in the bottom line.
key-choose = choose
key-go-on = go on
key-next-step = next step
key-next-field = next
key-to-start = back to the start
key-back = back
key-help = help
key-show = show
key-hide = hide
key-another-code = another code
key-nothing-came = nothing came?
key-phone = phone
key-close = close
