"""What people come to do, one test a task, over one service and one browser."""
