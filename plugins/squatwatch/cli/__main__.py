from squatwatch.cli import main

main()
